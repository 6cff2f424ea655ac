// What the picker sees: where to go, what to take, how many, into which tote; the last verdict; what remains.
import { byId, counted, el, say, show } from "../shop/dom.js";

const WORDS = {
  right: "Right", wrong_item: "Wrong item", wrong_bin: "Wrong place", already_complete: "Already complete",
  not_on_list: "Not on the list", unknown: "Unknown code",
};
const tote = (task) => (task.totes.length ? `Tote ${task.totes.join(" + ")}` : "");

export function verdict(judged, from = "") {
  const place = byId("verdict");
  place.dataset.kind = judged.verdict === "right" ? "good" : "bad";
  place.dataset.count = String(Number(place.dataset.count ?? 0) + 1);
  say(byId("verdict-word"), `${from}${WORDS[judged.verdict] ?? judged.verdict}`);
  say(byId("verdict-said"), judged.said);
}

export function notice(words, kind = "bad") {
  const place = byId("verdict");
  place.dataset.kind = kind;
  say(byId("verdict-word"), words);
  say(byId("verdict-said"), "");
}

export function network(queue, problem = "") {
  const place = byId("net");
  const waits = queue.length;
  place.dataset.kind = problem || queue.offline ? "bad" : waits ? "warn" : "good";
  say(place, problem || (queue.offline ? `Offline, ${waits} to send` : waits ? `Sending ${waits}` : "Online"));
}

export function only(part) {
  for (const name of ["start", "work", "done"]) show(byId(name), name === part);
}

export function work(list, { chosen, lastCode }) {
  only("work");
  const task = chosen ?? list.next;
  const remaining = list.remaining;
  say(byId("list-name"), heading(list.told));
  show(byId("next"), Boolean(task));
  if (task) next(list, task, lastCode);
  show(byId("sending"), !task);
  say(byId("remaining-count"), counted(remaining.reduce((sum, one) => sum + list.left(one), 0), "unit"));
  byId("remaining").replaceChildren(...remaining.map((one) => row(list, one, one === task)));
  const taken = list.tasks.filter((one) => !one.called_off && one.picked > 0);
  show(byId("taken-part"), taken.length > 0);
  byId("taken-list").replaceChildren(...taken.map((one) => row(list, one, false)));
  const back = list.toPutBack;
  show(byId("back"), back.length > 0);
  byId("back-list").replaceChildren(...back.map((one) => el("li", {}, putBack(one))));
}

function next(list, task, lastCode) {
  const here = !task.bin || list.location === task.bin.toUpperCase();
  const card = byId("next");
  card.dataset.step = here ? "item" : "place";
  say(byId("step"), here ? "Scan the item" : "Scan the place");
  say(byId("place"), task.bin || "No place known");
  say(byId("goods"), task.name);
  say(byId("sku"), task.sku);
  say(byId("take"), String(list.left(task)));
  say(byId("of"), task.quantity === list.left(task) ? "to take" : `of ${task.quantity} left`);
  show(byId("tote"), task.totes.length > 0);
  say(byId("tote"), tote(task));
  const rest = byId("rest");
  const known = here && lastCode && task.codes.includes(lastCode.toUpperCase()) && list.left(task) > 1;
  show(rest, Boolean(known));
  say(rest, `Take all ${list.left(task)}`);
  byId("more").dataset.task = task.id;
}

function row(list, task, current) {
  const much = list.left(task) ? `${list.left(task)} ×` : `✓ ${task.picked} ×`;
  return el("li", {}, el("button", { type: "button", class: "row", "data-task": task.id, "aria-current": current },
    el("b", { class: "no" }, task.bin || "–"),
    el("span", {}, `${much} ${task.name}`),
    el("small", {}, [tote(task), task.short ? `${task.short} short` : ""].filter(Boolean).join(" · "))));
}

const putBack = (task) =>
  `Order ${task.shipment} was called off: put ${task.picked} × ${task.name} back${tote(task) ? ` from ${tote(task).toLowerCase()}` : ""}.`;

const heading = (told) => {
  const kind = { batch: "Batch", wave: told.name || "Wave" }[told.kind] ?? told.tasks[0]?.shipment ?? "";
  return `P${told.id} · ${kind}`;
};

export function done(list) {
  only("done");
  const units = list.tasks.reduce((sum, task) => sum + (task.called_off ? 0 : task.picked), 0);
  const short = list.tasks.reduce((sum, task) => sum + task.short, 0);
  say(byId("done-said"), `${counted(units, "unit")} picked${short ? `, ${short} short` : ""}`);
  byId("next-list").focus();
}

export function map(markup) {
  const holder = byId("map");
  const drawing = markup ? new DOMParser().parseFromString(markup, "image/svg+xml").documentElement : null;
  holder.replaceChildren(...(drawing && drawing.nodeName === "svg" ? [document.importNode(drawing, true)] : []));
  show(byId("map-part"), holder.childElementCount > 0);
}
