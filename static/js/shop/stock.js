// What is said about how many there are.
import { el } from "./dom.js";
import { gettext } from "../words.js";

const FEW = 5;

export function mark(available) {
  if (available <= 0) return el("span", { class: "stock bad" }, gettext("Sold out"));
  if (available <= FEW) return el("span", { class: "stock warn" }, gettext("Only {available} left", { available }));
  return el("span", { class: "stock good" }, gettext("In stock"));
}
