// The basket over the shelf: quantities, and what it costs now.
import * as basket from "./basket.js";
import { Refused } from "./api.js";
import { byId, el, later, say, show } from "./dom.js";
import * as lines from "./lines.js";
import { perSku, quote, totals } from "./quotes.js";
import { gettext, ngettext } from "../words.js";

const dialog = byId("basket"), list = byId("lines"), count = byId("units");

function redraw() {
  const units = basket.units();
  say(count, String(units));
  byId("open-basket").setAttribute("aria-label", ngettext("Basket, {count} item", "Basket, {count} items", units));
  show(count, units > 0);
  lines.draw(list, basket.lines());
  show(byId("basket-empty"), units === 0);
  show(byId("basket-foot"), units > 0);
  if (dialog.open) ask();
}

const ask = later(150, async () => {
  if (!basket.units()) return;
  try {
    const priced = await quote(basket.asked());
    if (!priced) return;
    const shipping = priced.shipping_methods.length ? [el("dt", {}, gettext("Shipping")), el("dd", { class: "soft" }, gettext("at checkout"))] : [];
    byId("totals").replaceChildren(...shipping, ...totals(priced));
    const { sums, left } = perSku(priced, basket.asked());
    lines.tell(list, sums, left);
    byId("basket-warnings").replaceChildren();
  } catch (error) {
    byId("basket-warnings").replaceChildren(warning(error));
  }
});

// What is no longer sold is named, and taken out by a tap.
function warning(error) {
  const gone = error instanceof Refused && error.code === "unknown_sku" ? error.problem.skus : [];
  const out = gone.length ? el("button", { type: "button", class: "btn" }, gettext("Take out what is no longer sold")) : null;
  if (out) out.onclick = () => gone.forEach((sku) => basket.setQuantity(sku, 0));
  return el("div", { class: "note warn" }, el("div", {}, error.message), out);
}

byId("open-basket").onclick = () => {
  dialog.showModal();
  redraw();
};
dialog.onclick = (event) => {
  if (event.target === dialog) dialog.close();
};
basket.onChange(redraw);
redraw();
