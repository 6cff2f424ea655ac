// What was just done: said once, gone by itself unless somebody reads it, and put away by its button or Escape.
const STAYS = 8000;

for (const toast of document.querySelectorAll("[data-toasts] > *")) {
  const words = toast.querySelector("[role=status]");
  words.append(...words.childNodes); // what a live region has from the start is not read out, what changes is
  const close = () => toast.remove();
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = toast.matches(":hover, :focus-within") || document.hidden ? 0 : setTimeout(close, STAYS);
  };
  toast.querySelector("button").addEventListener("click", close);
  toast.addEventListener("keydown", (event) => event.key === "Escape" && close());
  for (const name of ["pointerenter", "pointerleave", "focusin"]) toast.addEventListener(name, wait);
  toast.addEventListener("focusout", () => setTimeout(wait));
  document.addEventListener("visibilitychange", wait);
  wait();
}
