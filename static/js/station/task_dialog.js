// What can be done about one task besides scanning it: take it next, confirm without a scan, say that it is not there,
// or that something wrong was taken.
import { byId, say, show } from "../shop/dom.js";
import { gettext } from "../words.js";

export function openTask(list, task, act, choose) {
  const dialog = byId("task"), left = list.left(task);
  say(byId("task-name"), task.name);
  const place = task.bin || gettext("No place known");
  const much = gettext("{left} of {quantity} to take", { left, quantity: task.quantity });
  say(byId("task-where"), [place, task.sku, much].join(" · "));
  show(byId("choose-part"), left > 0);
  show(byId("short-part"), left > 0);
  show(byId("confirm-part"), left > 0);
  show(byId("correct-part"), task.picked > 0);
  fill("confirm-units", left, left);
  fill("correct-units", 1, task.picked);
  byId("counted").value = 0;
  byId("counted").max = Math.max(0, left - 1);

  const then = (work) => (event) => {
    event.preventDefault();
    dialog.close();
    work();
  };
  byId("choose").onclick = then(choose);
  byId("confirm-form").onsubmit = then(() => act({ action: "confirm", units: number("confirm-units") }));
  byId("short-form").onsubmit = then(() => {
    const counted = Math.min(number("counted"), left - 1);
    act({ action: "short", units: left - counted, counted, reason: byId("short-reason").value });
  });
  byId("correct-form").onsubmit = then(() =>
    act({ action: "correct", units: number("correct-units"), reason: byId("correct-reason").value }));
  byId("task-close").onclick = () => dialog.close();
  dialog.showModal();
}

function fill(id, value, most) {
  byId(id).value = value;
  byId(id).max = most;
}

const number = (id) => Math.max(0, Math.trunc(Number(byId(id).value) || 0));
