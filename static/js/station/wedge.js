// A keyboard-wedge scanner types a code faster than any person and ends it with Enter, wherever the focus is.
// What a person types into a field is left alone; what a scanner typed there by chance is taken out again.
const GAP_MS = 80; // between two keys of one scan, and before its Enter
const SHORTEST = 2;

export function listen(take, target = document) {
  let keys = "", last = -Infinity, field = null, before = "";

  target.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const pause = event.timeStamp - last;
    if (event.key === "Enter") {
      const code = pause <= GAP_MS ? keys : "";
      keys = "";
      if (code.length < SHORTEST) return;
      event.preventDefault();
      event.stopPropagation();
      if (field) field.value = before;
      take(code, event);
      return;
    }
    if (event.key.length !== 1) return;
    if (pause > GAP_MS) {
      keys = "";
      field = event.target.closest?.("input, textarea") ?? null;
      before = field?.value ?? "";
    }
    keys += event.key;
    last = event.timeStamp;
    // A scanner's space or letters must press no button.
    if (keys.length >= SHORTEST && !field) event.preventDefault();
  }, true);
}
