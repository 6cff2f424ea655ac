// What a scan at the pick station means: as `fulfillment/pickwork/verdicts.py` judges, and tested by the same cases.
// A line is { id, bin, codes, name, left, void }; nothing moves unless the verdict is right.
const clean = (text) => (text ?? "").trim().toUpperCase();

export function judge(lines, seen) {
  const wanted = lines.filter((line) => !line.void);
  if (seen.action === "bin") return onBin(wanted, clean(seen.bin));
  if (seen.action === "item") return onItem(wanted, clean(seen.bin), clean(seen.code), seen.units ?? 1);
  return byHand(wanted, seen);
}

export const nextOf = (lines) => lines.find((line) => line.left && !line.void) ?? null;

const verdict = (word, said, line = null, units = 0) => ({ verdict: word, said, task: line ? line.id : null, units });

function onBin(wanted, code) {
  const here = wanted.filter((line) => clean(line.bin) === code);
  if (!here.length) {
    const expected = nextOf(wanted);
    return verdict("wrong_bin", `Nothing to take from ${code}${expected?.bin ? `: go to ${expected.bin}` : ""}`, expected);
  }
  const todo = here.find((line) => line.left);
  if (!todo) return verdict("already_complete", `${code} is done`, here[0]);
  return verdict("right", `Right place: take ${todo.left} × ${todo.name}`, todo);
}

function onItem(wanted, bin, code, units) {
  const same = wanted.filter((line) => line.codes.includes(code));
  const expected = wanted.find((line) => line.left && clean(line.bin) === bin) ?? nextOf(wanted);
  if (!same.length) return verdict("not_on_list", `${code} is not on this list`, expected);
  const here = same.filter((line) => !line.bin || clean(line.bin) === bin);
  if (!here.length) return elsewhere(same, bin, expected);
  const todo = here.find((line) => line.left);
  if (!todo) return verdict("already_complete", `All of ${here[0].name} is taken`, here[0]);
  if (units < 1 || units > todo.left) return verdict("already_complete", `Only ${todo.left} × ${todo.name} left to take`, todo);
  const rest = todo.left - units;
  return verdict("right", `${units} × ${todo.name}${rest ? `, ${rest} more` : ", done"}`, todo, units);
}

function elsewhere(same, bin, expected) {
  if (!bin) {
    const todo = same.find((line) => line.left) ?? same[0];
    return verdict("wrong_bin", `Scan the place first: ${todo.bin}`, todo);
  }
  if (expected && clean(expected.bin) === bin) {
    return verdict("wrong_item", `That is ${same[0].name}; here it is ${expected.name}`, expected);
  }
  return verdict("wrong_item", `${same[0].name} lies in ${same[0].bin}`, same[0]);
}

function byHand(wanted, seen) {
  const line = wanted.find((one) => one.id === seen.task);
  const units = seen.units ?? 1;
  if (!line) return verdict("not_on_list", "This is not on the list any more");
  if (seen.action === "correct") return verdict("right", `${units} × ${line.name} taken out again`, line, units);
  if (units < 1 || units > line.left) return verdict("already_complete", `Only ${line.left} × ${line.name} left to take`, line);
  const words = seen.action === "short" ? "not there" : "taken without a scan";
  return verdict("right", `${units} × ${line.name} ${words}`, line, units);
}
