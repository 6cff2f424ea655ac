// One row per line of the basket, in the drawer and beside the checkout: picture, name, price, quantity, and what is
// left when that is too little. Rows are kept while they stay, so that the focus stays where it is.
import { setQuantity } from "./basket.js";
import { el, say, show, unseen } from "./dom.js";
import { money } from "./money.js";
import { tile } from "./tile.js";
import { gettext } from "../words.js";

export function draw(list, lines) {
  const rows = new Map([...list.children].map((row) => [row.dataset.sku, row]));
  for (const [sku, row] of rows) if (!lines.some((line) => line.sku === sku)) leave(list, row);
  for (const line of lines) {
    const row = rows.get(line.sku) ?? list.appendChild(made(line));
    const input = row.querySelector("input");
    if (document.activeElement !== input) input.value = line.quantity;
    say(row.querySelector(".each"), gettext("{price} each", { price: money(line.price) }));
    row.querySelector(".less").disabled = line.quantity <= 1;
  }
}

// What the API said of each line: its total, and whether fewer are left than asked for. `left` is by SKU.
export function tell(list, totals, left) {
  for (const row of list.children) {
    const { sku } = row.dataset;
    if (totals.has(sku)) say(row.querySelector(".sum"), money(totals.get(sku)));
    const problem = row.querySelector(".short");
    const input = row.querySelector("input");
    const units = left.get(sku);
    const isShort = units !== undefined && units < Number(input.value);
    show(problem, isShort);
    input.toggleAttribute("aria-invalid", isShort);
    if (!isShort) continue;
    say(problem.querySelector("span"), units > 0 ? gettext("Only {units} left.", { units }) : gettext("Sold out."));
    const mend = problem.querySelector("button");
    say(mend, units > 0 ? gettext("Take {units}", { units }) : gettext("Take it out"));
    mend.onclick = () => setQuantity(sku, units);
  }
}

function made({ sku, name }) {
  const id = `quantity-${sku}`;
  const input = el("input", { id, type: "number", inputmode: "numeric", min: 1, max: 100000, step: 1, "aria-describedby": `short-${sku}` });
  input.onchange = () => setQuantity(sku, Math.max(1, input.valueAsNumber || 1));
  input.onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // at the checkout it would order
    input.blur();
  };
  const step = (by, label, sign, kind) => el("button", {
    type: "button", class: `btn ${kind}`, "aria-label": label,
    onclick: () => setQuantity(sku, Math.max(1, Number(input.value) + by)),
  }, sign);
  return el("li", { "data-sku": sku },
    el("div", { class: "thumb" }, tile(sku, name)),
    el("div", { class: "what" }, el("b", {}, name), el("small", { class: "each soft" })),
    el("b", { class: "sum num" }),
    el("div", { class: "stepper" },
      step(-1, gettext("One less of {name}", { name }), "−", "less"),
      el("label", { for: id }, unseen(gettext("Quantity of {name}", { name }))), input,
      step(1, gettext("One more of {name}", { name }), "+", "plus")),
    el("button", { type: "button", class: "link", onclick: () => setQuantity(sku, 0) }, gettext("Remove"), unseen(` ${name}`)),
    el("p", { class: "short warn", id: `short-${sku}`, role: "alert", hidden: true },
      el("span"), el("button", { type: "button", class: "btn" })));
}

// A focus inside a row that goes away moves to its neighbour instead of getting lost.
function leave(list, row) {
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  if (row.contains(document.activeElement)) neighbour?.querySelector("input").focus();
  row.remove();
}
