// One product, closer. Its address is `#product=<SKU>`, so that it can be shared and Back closes it.
import { call } from "./api.js";
import { byId, el, unseen } from "./dom.js";
import { money } from "./money.js";
import { mark } from "./stock.js";
import { tile } from "./tile.js";
import { picker } from "./variants.js";
import { gettext } from "../words.js";

const dialog = byId("product"), place = byId("detail");
const HASH = /^#product=(.+)$/;
let seen; // what a card knows already, so that it opens at once

export const openable = {
  onAdd: null,

  open(product) {
    seen = product;
    location.hash = `product=${encodeURIComponent(product.sku)}`;
  },

  // Does what the address says.
  async follow() {
    const sku = HASH.exec(location.hash)?.[1];
    if (!sku) return dialog.close();
    const [group, product] = await variants(decodeURIComponent(sku));
    const parts = product?.components?.length ? await products({ sku: product.components.map((row) => row.sku) }) : [];
    if (!product) return history.replaceState(null, "", location.pathname + location.search);
    draw(group, product, parts);
    if (!dialog.open) dialog.showModal();
  },
};

async function variants(sku) {
  const known = seen?.sku === sku ? seen : (await products({ sku }))[0];
  const group = known?.family ? await products({ family: known.family }) : [known];
  return [group, group.find((row) => row?.sku === sku)];
}

async function products(query) {
  const asked = new URLSearchParams({ page_size: 100 });
  for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) asked.append(name, one);
  const page = await call("GET", `products/?${asked}`).catch(() => null);
  return page?.results ?? [];
}

function draw(group, product, components) {
  const quantity = el("input", { id: "many", type: "number", inputmode: "numeric", min: 1, max: 100000, value: 1 });
  const add = el("button", { class: "btn main", disabled: product.available <= 0 }, gettext("Add to basket"));
  const form = el("form", { class: "take" }, el("label", { for: "many" }, unseen(gettext("Quantity"))), quantity, add);
  form.onsubmit = (event) => {
    event.preventDefault();
    openable.onAdd(product, Math.max(1, quantity.valueAsNumber || 1));
    dialog.close();
  };
  const nameOf = (sku) => components.find((row) => row.sku === sku)?.name ?? sku;
  const parts = (product.components ?? []).map((row) => el("li", {}, `${row.quantity} × ${nameOf(row.sku)}`));
  place.replaceChildren(
    el("div", { class: "picture" }, tile(product.sku, product.name)),
    el("div", { class: "about" },
      el("h2", { id: "product-name" }, product.name),
      el("p", { class: "price" }, el("b", {}, money(product.price, product.currency)), mark(product.available)),
      group.length > 1 ? picker(group, product, (other) => openable.open(other)) : null,
      parts.length ? el("ul", { class: "parts", "aria-label": gettext("In this set") }, parts) : null,
      el("p", { class: "soft" }, gettext("Article {sku}", product)),
      form));
}

addEventListener("hashchange", () => openable.follow());
dialog.onclose = () => {
  if (HASH.test(location.hash)) history.replaceState(null, "", location.pathname + location.search);
};
dialog.onclick = (event) => {
  if (event.target === dialog) dialog.close(); // the ground beside it
};
