// What a scan at the bench means, given the lines of the shipment; the shop judges the same and has the last word.
import { gettext } from "../words.js";
import { took } from "./verdicts.js";

const verdict = (word, said, line, units = 0) => ({ verdict: word, said, line: line?.id ?? null, units });
const left = (line) => line.quantity - line.verified;

export class Bench {
  constructor(lines) {
    this.lines = lines;
  }

  get verified() {
    return this.lines.reduce((sum, line) => sum + line.verified, 0);
  }

  get complete() {
    return this.lines.every((line) => left(line) === 0);
  }

  line(id) {
    return this.lines.find((line) => line.id === id);
  }

  // The shop's lines, with what it has not heard yet done on top of them.
  hear(lines, unsent) {
    this.lines = lines;
    for (const act of unsent) this.take(act);
  }

  take(act) {
    const judged = act.action === "item" ? this.#item(act) : this.#byHand(act);
    const line = this.line(judged.line);
    if (judged.verdict === "right") line.verified += act.action === "correct" ? -judged.units : judged.units;
    return judged;
  }

  #item(act) {
    const code = act.code.trim().toUpperCase();
    const same = this.lines.filter((line) => line.codes.includes(code));
    if (!same.length) return verdict("wrong_item", gettext("{code} does not belong to this shipment", { code }));
    const todo = same.find(left);
    return todo ? this.#right(todo, act.units ?? 1) : verdict("already_complete", gettext("One {name} too many", same[0]), same[0]);
  }

  #byHand(act) {
    const line = this.line(act.line), units = act.units ?? 1;
    if (!line) return verdict("not_on_list", gettext("This is not in the shipment any more"));
    if (act.action !== "correct") return this.#right(line, units);
    if (units < 1 || units > line.verified) return verdict("not_on_list", gettext("Only {verified} are verified", line), line);
    return verdict("right", gettext("{units} × {name} taken out again", { units, name: line.name }), line, units);
  }

  #right(line, units) {
    const rest = left(line) - units;
    if (units < 1 || rest < 0) return verdict("already_complete", gettext("Only {left} × {name} left to verify", { left: left(line), name: line.name }), line);
    return verdict("right", took(units, line.name, rest), line, units);
  }
}
