// What is said about how many there are.
import { el } from "./dom.js";

const FEW = 5;

export function mark(available) {
  if (available <= 0) return el("span", { class: "stock bad" }, "Sold out");
  if (available <= FEW) return el("span", { class: "stock warn" }, `Only ${available} left`);
  return el("span", { class: "stock good" }, "In stock");
}
