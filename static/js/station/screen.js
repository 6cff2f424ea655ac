// What the picker sees: where to go, what to take, how many, into which tote; the last verdict; what remains.
import { byId, el, say, show } from "../shop/dom.js";
import { gettext, units } from "../words.js";

const WORDS = {
  right: gettext("Right"), wrong_item: gettext("Wrong item"), wrong_bin: gettext("Wrong place"),
  already_complete: gettext("Already complete"), not_on_list: gettext("Not on the list"), unknown: gettext("Unknown code"),
};
const tote = (task) => (task.totes.length ? gettext("Tote {totes}", { totes: task.totes.join(" + ") }) : "");

// `overruled`: the shop judged otherwise than this device did.
export function verdict(judged, overruled = false) {
  const place = byId("verdict");
  place.dataset.kind = judged.verdict === "right" ? "good" : "bad";
  place.dataset.count = String(Number(place.dataset.count ?? 0) + 1);
  const word = WORDS[judged.verdict] ?? judged.verdict;
  say(byId("verdict-word"), overruled ? gettext("The shop says: {word}", { word }) : word);
  say(byId("verdict-said"), judged.said);
}

export function notice(words, kind = "bad") {
  const place = byId("verdict");
  place.dataset.kind = kind;
  say(byId("verdict-word"), words);
  say(byId("verdict-said"), "");
}

const standing = (offline, waits) => {
  if (offline) return gettext("Offline, {waits} to send", { waits });
  return waits ? gettext("Sending {waits}", { waits }) : gettext("Online");
};

export function network(queue, problem = "") {
  const place = byId("net");
  const waits = queue.length;
  place.dataset.kind = problem || queue.offline ? "bad" : waits ? "warn" : "good";
  say(place, problem || standing(queue.offline, waits));
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
  say(byId("remaining-count"), units(remaining.reduce((sum, one) => sum + list.left(one), 0)));
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
  say(byId("step"), here ? gettext("Scan the item") : gettext("Scan the place"));
  say(byId("place"), task.bin || gettext("No place known"));
  say(byId("goods"), task.name);
  say(byId("sku"), task.sku);
  say(byId("take"), String(list.left(task)));
  say(byId("of"), task.quantity === list.left(task) ? gettext("to take") : gettext("of {quantity} left", task));
  show(byId("tote"), task.totes.length > 0);
  say(byId("tote"), tote(task));
  const rest = byId("rest");
  const known = here && lastCode && task.codes.includes(lastCode.toUpperCase()) && list.left(task) > 1;
  show(rest, Boolean(known));
  say(rest, gettext("Take all {left}", { left: list.left(task) }));
  byId("more").dataset.task = task.id;
}

function row(list, task, current) {
  const much = list.left(task) ? `${list.left(task)} ×` : `✓ ${task.picked} ×`;
  return el("li", {}, el("button", { type: "button", class: "row", "data-task": task.id, "aria-current": current },
    el("b", { class: "no" }, task.bin || "–"),
    el("span", {}, `${much} ${task.name}`),
    el("small", {}, [tote(task), task.short ? gettext("{short} short", task) : ""].filter(Boolean).join(" · "))));
}

const putBack = (task) => {
  const told = { order: task.shipment, picked: task.picked, name: task.name, totes: task.totes.join(" + ") };
  return told.totes
    ? gettext("Order {order} was called off: put {picked} × {name} back from tote {totes}.", told)
    : gettext("Order {order} was called off: put {picked} × {name} back.", told);
};

const heading = (told) => {
  const kind = { batch: gettext("Batch"), wave: told.name || gettext("Wave") }[told.kind] ?? told.tasks[0]?.shipment ?? "";
  return `P${told.id} · ${kind}`;
};

export function done(list) {
  only("done");
  const picked = list.tasks.reduce((sum, task) => sum + (task.called_off ? 0 : task.picked), 0);
  const short = list.tasks.reduce((sum, task) => sum + task.short, 0);
  const told = { units: units(picked), short };
  say(byId("done-said"), short ? gettext("{units} picked, {short} short", told) : gettext("{units} picked", told));
  byId("next-list").focus();
}

export function map(markup) {
  const holder = byId("map");
  const drawing = markup ? new DOMParser().parseFromString(markup, "image/svg+xml").documentElement : null;
  holder.replaceChildren(...(drawing && drawing.nodeName === "svg" ? [document.importNode(drawing, true)] : []));
  show(byId("map-part"), holder.childElementCount > 0);
}
