// Ticking rows of a list: all of the page at once, and how many are ticked.
const form = document.querySelector("form.listed");
const boxes = [...form.querySelectorAll(".tick input")];
const all = form.querySelector("[data-tick-all]");
const count = form.querySelector("[data-ticked]");

function tell() {
  const ticked = boxes.filter((box) => box.checked).length;
  count.textContent = ticked;
  count.hidden = ticked === 0;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
}

if (all) {
  all.parentElement.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("change", tell);
  tell();
}
