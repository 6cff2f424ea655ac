// The pack station: every unit is scanned before a box is closed; boxes are chosen and weighed by the keyboard alone.
import { byId, say } from "../shop/dom.js";
import { Bench } from "./bench.js";
import { isKept, keepPage } from "./offline.js";
import { Queue } from "./queue.js";
import * as screen from "./screen.js";
import { ask, newId } from "./shop.js";
import { signal } from "./signals.js";
import { listen } from "./wedge.js";
import { gettext, language } from "../words.js";

const KEPT = "pack-lines";
const KEY_ALONE_MS = 120; // a digit that nothing follows was pressed by a person
// A page that the device kept is as old as its last visit to the shop; the lines were put aside with every answer since.
const paged = JSON.parse(byId("lines").textContent);
const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
const told = isKept() && kept?.code === paged.code ? kept : paged;
const code = told.code;
const bench = new Bench(told.lines);
const said = new Map();
const boxes = [...document.querySelectorAll(".box")];
let asked = null, alone = null;

const queue = new Queue("pack", {
  send: (shipment, acts) => ask("POST", `/pack/${shipment}/scans/`, { scans: acts }),
  answered,
  refused: (_, error, count) => {
    screen.notice(gettext("{count} not counted: {why}", { count, why: error.said }));
    signal("wrong");
  },
  changed: draw,
});

function act(fields) {
  const made = { id: newId(), at: new Date().toISOString(), code: "", units: 1, reason: "", ...fields };
  const judged = bench.take(made);
  said.set(made.id, judged.verdict);
  screen.verdict(judged);
  signal(judged.verdict !== "right" ? "wrong" : bench.complete ? "done" : "right");
  queue.add(code, made);
  if (bench.complete) boxes[0]?.querySelector(".scale input").focus();
}

function scanned(text) {
  const insert = [...document.querySelectorAll("[data-code]")].find((box) => box.dataset.code && box.dataset.code === text.trim());
  if (insert) {
    insert.checked = true;
    screen.notice(gettext("Added"), "good");
    return signal("right");
  }
  if (text.trim()) act({ action: "item", code: text });
}

function answered(shipment, answer) {
  const wrong = answer.verdicts.findLast((row) => said.has(row.id) && said.get(row.id) !== row.verdict);
  for (const row of answer.verdicts) said.delete(row.id);
  if (shipment !== code) return;
  bench.hear(answer.lines, queue.acts(code));
  localStorage.setItem(KEPT, JSON.stringify({ code, lines: answer.lines }));
  if (wrong) {
    screen.verdict(wrong, true);
    signal("wrong");
  }
  draw();
}

function draw() {
  screen.network(queue);
  say(byId("count"), bench.verified.toLocaleString(language));
  for (const line of bench.lines) {
    const row = byId(`line-${line.id}`);
    say(row.querySelector("[data-verified]"), String(line.verified));
    row.classList.toggle("done", line.verified === line.quantity);
  }
  byId("finish").disabled = !(byId("reason") || bench.complete) || queue.length > 0;
}

function weighed(box) {
  const input = box.querySelector(".scale input"), out = box.querySelector("output");
  const off = Number(input.value) - Number(box.dataset.expected);
  const wrong = input.value && Math.abs(off) > Number(box.dataset.tolerance);
  box.classList.toggle("off", Boolean(wrong));
  say(out, wrong ? tooMuch(off) : input.value ? "✓" : "");
}

const tooMuch = (off) => (off > 0 ? gettext("{grams} g too heavy", { grams: off }) : gettext("{grams} g too light", { grams: -off }));

function choose(digit) {
  const box = document.activeElement?.closest(".box") ?? boxes[0];
  const options = box ? [...box.querySelectorAll(".cartons input")] : [];
  const option = options[digit - 1];
  if (option?.value) option.checked = true;
}

// Enter goes from scale to scale, and from the last one to the button.
function next(input) {
  const stops = [...document.querySelectorAll(".scale input, #reason, #finish")];
  stops[stops.indexOf(input) + 1]?.focus();
}

function pressed(event) {
  clearTimeout(alone);
  if (event.ctrlKey || event.altKey || event.metaKey || byId("no-scan").open) return;
  const field = event.target.closest("input:not([type=radio], [type=checkbox])");
  if (event.key === "Enter" && field?.closest(".box")) {
    event.preventDefault();
    return next(field);
  }
  if (event.key === "Escape") return location.assign(document.querySelector(".station-bar a").href);
  if (field) return;
  if (/^[1-9]$/.test(event.key)) alone = setTimeout(choose, KEY_ALONE_MS, Number(event.key));
  if (event.key.toLowerCase() === "p") alone = setTimeout(() => print(), KEY_ALONE_MS);
}

function open(id) {
  asked = bench.line(id);
  say(byId("no-scan-name"), asked.name);
  byId("no-scan-units").value = asked.quantity - asked.verified || 1;
  byId("no-scan").showModal();
}

listen(scanned);
document.addEventListener("keydown", pressed);
byId("rows").onclick = (event) => {
  const button = event.target.closest("[data-line]");
  if (button) open(Number(button.dataset.line));
};
byId("no-scan-form").onsubmit = (event) => {
  event.preventDefault();
  byId("no-scan").close();
  act({ action: "confirm", line: asked.id, units: Number(byId("no-scan-units").value), reason: byId("no-scan-why").value });
};
byId("take-out-form").onsubmit = (event) => {
  event.preventDefault();
  byId("no-scan").close();
  act({ action: "correct", line: asked.id });
};
byId("boxes").onsubmit = (event) => {
  if (!queue.offline) return;
  event.preventDefault();
  screen.notice(gettext("No network: close the boxes when it is back"));
  signal("wrong");
};
byId("no-scan-close").onclick = () => byId("no-scan").close();
byId("type").onsubmit = (event) => {
  event.preventDefault();
  const typed = byId("typed").value;
  byId("typed").value = "";
  scanned(typed);
};
for (const box of boxes) {
  box.querySelector(".scale input").oninput = () => weighed(box);
  weighed(box);
}
bench.hear(told.lines, queue.acts(code));
draw();
queue.flush();
keepPage("/pack/");
