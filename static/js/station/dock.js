// The dock: a keyboard-wedge scan is sent as if it was typed into the field; its verdict is heard, and the field is free.
import { signal } from "./signals.js";
import { listen } from "./wedge.js";

const field = () => document.querySelector("#code");
const waiting = [];
let busy = false;

function send() {
  const code = busy ? undefined : waiting.shift();
  if (code === undefined) return;
  busy = true;
  field().value = code;
  field().form.requestSubmit();
}

listen((code) => {
  waiting.push(code);
  send();
});

document.body.addEventListener("htmx:afterRequest", () => {
  busy = false;
});
document.body.addEventListener("htmx:afterSettle", () => {
  const verdict = document.querySelector("#dock-verdict")?.dataset.verdict;
  if (verdict) signal(verdict);
  field()?.focus();
  send();
});
