// The list on the device: what the shop last said, and on top of it the acts it has not answered yet. So the picker goes
// on without a network, and the shop's word is the truth as soon as it comes.
import { judge, nextOf } from "./verdicts.js";

const line = (task) => ({
  id: task.id, bin: task.bin, codes: task.codes, name: task.name, void: task.called_off,
  left: task.quantity - task.picked - task.short,
});

export class PickList {
  constructor(told) {
    this.location = "";
    this.hear(told, []);
  }

  // Tasks as told by the shop, with the unanswered acts done again in order.
  hear(told, unanswered) {
    this.told = told;
    this.tasks = told.tasks.map((task) => ({ ...task }));
    for (const act of unanswered) this.#apply(act, judge(this.lines, act));
  }

  get id() {
    return this.told.id;
  }

  get lines() {
    return this.tasks.map(line);
  }

  get next() {
    const here = this.lines.find((one) => one.left && !one.void && one.bin.toUpperCase() === this.location);
    const found = here ?? nextOf(this.lines);
    return found ? this.task(found.id) : null;
  }

  get remaining() {
    return this.tasks.filter((task) => !task.called_off && this.left(task) > 0);
  }

  get toPutBack() {
    return this.tasks.filter((task) => task.called_off && task.picked > 0);
  }

  left(task) {
    return task.quantity - task.picked - task.short;
  }

  task(id) {
    return this.tasks.find((one) => one.id === id) ?? null;
  }

  // Whether a scanned code names a place rather than goods.
  isPlace(code) {
    const said = code.trim().toUpperCase();
    if (this.tasks.some((task) => task.codes.includes(said))) return false;
    return !this.location || this.tasks.some((task) => task.bin.toUpperCase() === said);
  }

  take(act) {
    const judged = judge(this.lines, act);
    this.#apply(act, judged);
    return judged;
  }

  #apply(act, judged) {
    if (judged.verdict !== "right") return;
    if (act.action === "bin") this.location = act.bin.trim().toUpperCase();
    const task = this.task(judged.task);
    if (act.action === "item" || act.action === "confirm") task.picked += judged.units;
    if (act.action === "short") task.short += judged.units;
    if (act.action === "correct") task.picked = Math.max(0, task.picked - judged.units);
  }
}
