// The pick station: scans are judged on the device at once, kept, and sent; the shop's answer is the truth.
import { byId, show } from "../shop/dom.js";
import { canSee, watch } from "./camera.js";
import { isKept, keepPage } from "./offline.js";
import { PickList } from "./pick_list.js";
import { Queue } from "./queue.js";
import * as screen from "./screen.js";
import { ask, newId } from "./shop.js";
import { signal } from "./signals.js";
import { openTask } from "./task_dialog.js";
import { listen } from "./wedge.js";
import { gettext } from "../words.js";

const KEPT = "pick-list";
const FRESH_MS = 20_000;
const me = byId("station").dataset.picker;
const said = new Map(); // verdicts given on the device, by the act's id
let list = null, chosen = null, lastCode = "", stopCamera = null;

const queue = new Queue("pick", {
  send: (id, acts) => ask("POST", `/pick/${id}/scans/`, { scans: acts }),
  answered,
  refused: (_, error, count) => {
    screen.notice(gettext("{count} not counted: {why}", { count, why: error.said }));
    signal("wrong");
    refresh();
  },
  changed: () => screen.network(queue),
});

function act(fields) {
  const made = { id: newId(), at: new Date().toISOString(), bin: "", code: "", units: 1, reason: "", ...fields };
  const judged = list.take(made);
  said.set(made.id, judged.verdict);
  screen.verdict(judged);
  chosen = null;
  lastCode = judged.verdict === "right" && made.action === "item" ? made.code : made.action === "bin" ? "" : lastCode;
  draw();
  signal(judged.verdict !== "right" ? "wrong" : list.remaining.length ? "right" : "done");
  queue.add(list.id, made);
}

function scanned(code) {
  byId("task").close();
  if (!list || byId("work").hidden) return screen.notice(gettext("Take a list first"));
  const text = code.trim();
  if (!text) return;
  act(list.isPlace(text) ? { action: "bin", bin: text } : { action: "item", bin: list.location, code: text });
}

function answered(id, answer) {
  const wrong = answer.verdicts.findLast((row) => said.has(row.id) && said.get(row.id) !== row.verdict);
  for (const row of answer.verdicts) said.delete(row.id);
  if (!list || list.id !== id) return;
  if (wrong) {
    screen.verdict(wrong, true);
    signal("wrong");
  }
  hear(answer.list);
}

const whose = (picker) => {
  if (picker === me) return gettext("The list is paused");
  return picker ? gettext("The list is with {picker} now", { picker }) : gettext("The list is free now");
};

// The shop's word about the list; null when it has become part of another one.
function hear(told) {
  if (!told) return leave(gettext("This list is part of another one now"));
  list.hear(told, queue.acts(told.id));
  if (["finished", "stopped"].includes(told.state) && !queue.acts(told.id).length) return finish();
  if (told.picker !== me || told.state === "paused") {
    return leave(whose(told.picker));
  }
  localStorage.setItem(KEPT, JSON.stringify(told));
  draw();
}

function begin(told) {
  list = new PickList(told);
  localStorage.setItem(KEPT, JSON.stringify(told));
  list.hear(told, queue.acts(told.id));
  chosen = null;
  screen.map(told.map);
  draw();
}

function draw() {
  if (list) screen.work(list, { chosen, lastCode });
}

function finish() {
  localStorage.removeItem(KEPT);
  screen.done(list);
}

function leave(words) {
  list = null;
  localStorage.removeItem(KEPT);
  screen.only("start");
  screen.notice(words);
}

async function refresh() {
  if (!list || queue.length || document.hidden) return;
  const id = list.id;
  const told = await ask("GET", `/pick/${id}/`).catch((error) => (error.status === 404 ? null : undefined));
  if (told !== undefined && queue.offline) queue.heard();
  if (told !== undefined && list?.id === id && !queue.length) hear(told);
}

async function nextList() {
  const warehouse = byId("warehouse").value;
  try {
    begin(await ask("POST", "/pick/next/", { warehouse }));
    screen.notice(gettext("Scan the first place"), "good");
  } catch (error) {
    screen.only("start");
    screen.notice(error.said);
    signal("wrong");
  }
}

async function step(name, words) {
  if (queue.length) return screen.notice(gettext("Wait until all scans are sent"));
  try {
    await ask("POST", `/pick/${list.id}/${name}/`);
    leave(words);
  } catch (error) {
    screen.notice(error.said);
  }
}

async function toggleCamera() {
  const video = byId("video");
  if (stopCamera) {
    stopCamera();
    stopCamera = null;
    return show(video, false);
  }
  try {
    show(video, true);
    stopCamera = await watch(video, scanned);
  } catch {
    show(video, false);
    screen.notice(gettext("The camera cannot be used here"));
  }
}

listen(scanned);
byId("next-list").onclick = nextList;
const take = byId("take-list");
if (take) take.onclick = nextList;
byId("pause").onclick = () => step("pause", gettext("The list is paused"));
byId("give-back").onclick = () => step("give-back", gettext("The list is free again"));
byId("rest").onclick = () => {
  const task = list.next;
  act({ action: "item", bin: list.location, code: lastCode, units: list.left(task) });
};
byId("type").onsubmit = (event) => {
  event.preventDefault();
  scanned(byId("typed").value);
  byId("typed").value = "";
};
byId("work").onclick = (event) => {
  const button = event.target.closest("[data-task]");
  if (!button) return;
  const task = list.task(Number(button.dataset.task));
  openTask(list, task, (fields) => act({ bin: list.location, task: task.id, ...fields }), () => {
    chosen = task;
    draw();
  });
};
show(byId("camera"), canSee());
byId("camera").onclick = toggleCamera;
setInterval(refresh, FRESH_MS);
document.addEventListener("visibilitychange", refresh);

// A page that the device kept is as old as its last visit to the shop; the list was put aside with every answer since.
const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
const paged = JSON.parse(byId("mine").textContent);
const mine = isKept() ? kept && { map: paged?.map, ...kept } : paged;
screen.network(queue);
if (mine || (kept && queue.acts(kept.id).length)) begin(mine ?? kept);
else {
  localStorage.removeItem(KEPT);
  screen.only("start");
}
queue.flush();
keepPage("/pick/");
if (take) take.disabled = false;
