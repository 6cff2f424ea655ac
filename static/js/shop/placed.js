// Where the last order of this browser can be paid and looked at: whoever closes it while paying finds the way back.
import { byId, show } from "./dom.js";

const NAME = "shop.placed";
const KEPT = 2 * 24 * 60 * 60 * 1000; // milliseconds; an unpaid order is called off long before

export function remember(path) {
  localStorage.setItem(NAME, JSON.stringify({ path, at: Date.now() }));
}

// Shows the page's link to it, if there is one.
export function offer() {
  const { path, at } = JSON.parse(localStorage.getItem(NAME)) ?? {};
  const known = Date.now() - at < KEPT;
  if (known) byId("placed").href = path;
  show(byId("placed"), known);
}
