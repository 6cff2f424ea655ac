// What a scan at the pick station means: as `fulfillment/pickwork/verdicts.py` judges, and tested by the same cases.
// A line is { id, bin, codes, name, left, void }; nothing moves unless the verdict is right.
import { gettext } from "../words.js";

const clean = (text) => (text ?? "").trim().toUpperCase();

export function judge(lines, seen) {
  const wanted = lines.filter((line) => !line.void);
  if (seen.action === "bin") return onBin(wanted, clean(seen.bin));
  if (seen.action === "item") return onItem(wanted, clean(seen.bin), clean(seen.code), seen.units ?? 1);
  return byHand(wanted, seen);
}

export const nextOf = (lines) => lines.find((line) => line.left && !line.void) ?? null;

const nothingIn = (code, bin) =>
  (bin ? gettext("Nothing to take from {code}: go to {bin}", { code, bin }) : gettext("Nothing to take from {code}", { code }));

export const took = (units, name, rest) =>
  (rest ? gettext("{units} × {name}, {rest} more", { units, name, rest }) : gettext("{units} × {name}, done", { units, name }));

const verdict = (word, said, line = null, units = 0) => ({ verdict: word, said, task: line ? line.id : null, units });

function onBin(wanted, code) {
  const here = wanted.filter((line) => clean(line.bin) === code);
  if (!here.length) {
    const expected = nextOf(wanted);
    return verdict("wrong_bin", nothingIn(code, expected?.bin), expected);
  }
  const todo = here.find((line) => line.left);
  if (!todo) return verdict("already_complete", gettext("{code} is done", { code }), here[0]);
  return verdict("right", gettext("Right place: take {left} × {name}", todo), todo);
}

function onItem(wanted, bin, code, units) {
  const same = wanted.filter((line) => line.codes.includes(code));
  const expected = wanted.find((line) => line.left && clean(line.bin) === bin) ?? nextOf(wanted);
  if (!same.length) return verdict("not_on_list", gettext("{code} is not on this list", { code }), expected);
  const here = same.filter((line) => !line.bin || clean(line.bin) === bin);
  if (!here.length) return elsewhere(same, bin, expected);
  const todo = here.find((line) => line.left);
  if (!todo) return verdict("already_complete", gettext("All of {name} is taken", here[0]), here[0]);
  if (units < 1 || units > todo.left) return verdict("already_complete", gettext("Only {left} × {name} left to take", todo), todo);
  const rest = todo.left - units;
  return verdict("right", took(units, todo.name, rest), todo, units);
}

function elsewhere(same, bin, expected) {
  if (!bin) {
    const todo = same.find((line) => line.left) ?? same[0];
    return verdict("wrong_bin", gettext("Scan the place first: {bin}", todo), todo);
  }
  if (expected && clean(expected.bin) === bin) {
    return verdict("wrong_item", gettext("That is {seen}; here it is {wanted}", { seen: same[0].name, wanted: expected.name }), expected);
  }
  return verdict("wrong_item", gettext("{name} lies in {bin}", same[0]), same[0]);
}

function byHand(wanted, seen) {
  const line = wanted.find((one) => one.id === seen.task);
  const units = seen.units ?? 1;
  if (!line) return verdict("not_on_list", gettext("This is not on the list any more"));
  if (seen.action === "correct") return verdict("right", gettext("{units} × {name} taken out again", { units, name: line.name }), line, units);
  if (units < 1 || units > line.left) return verdict("already_complete", gettext("Only {left} × {name} left to take", line), line);
  const told = { units, name: line.name };
  const said = seen.action === "short" ? gettext("{units} × {name} not there", told) : gettext("{units} × {name} taken without a scan", told);
  return verdict("right", said, line, units);
}
