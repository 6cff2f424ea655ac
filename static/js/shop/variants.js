// Products that differ only in their options share one card: which one is meant is chosen with a picker.
import { el } from "./dom.js";
import { gettext } from "../words.js";

export const cardOf = (product) => product.family ?? product.sku;

function optionWords(product) {
  const words = Object.values(product.options ?? {}).join(", ");
  return words || product.name;
}

// Calls `chosen` with the product each time another one is picked.
export function picker(products, current, chosen) {
  const choose = el("select", { "aria-label": gettext("Which one? {name}", current) },
    products.map((product) => el("option", { value: product.sku, selected: product.sku === current.sku },
      product.available > 0 ? optionWords(product) : gettext("{option} (sold out)", { option: optionWords(product) }))));
  choose.onchange = () => chosen(products.find((product) => product.sku === choose.value));
  return choose;
}
