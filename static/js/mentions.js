// Names while somebody types @ in a note: arrows choose, Enter or Tab takes, Escape puts them away.
import { ngettext } from "./words.js";

const AT = /(?<![\w@.])@([\w.+-]*)$/, SHOWN = 6;
const list = Object.assign(document.createElement("ul"), { id: "called", className: "called", hidden: true, role: "listbox" });
const told = Object.assign(document.createElement("span"), { className: "unseen", role: "status" });
let place = null, people = null, chosen = 0, refused = -1;

const begun = () => AT.exec(place.value.slice(0, place.selectionStart));

async function known() {
  if (people) return people;
  try {
    const answer = await fetch(place.dataset.people, { headers: { Accept: "application/json" } });
    if (answer.ok) people = (await answer.json()).people;
  } catch {
    // without a network nobody is offered; the next letter asks again
  }
  return people ?? [];
}

function close() {
  list.hidden = true;
  told.textContent = "";
  place.removeAttribute("aria-activedescendant");
}

function choose(at) {
  const rows = [...list.children];
  chosen = (at + rows.length) % rows.length;
  for (const [turn, row] of rows.entries()) row.ariaSelected = String(turn === chosen);
  place.setAttribute("aria-activedescendant", rows[chosen].id);
}

function take(row) {
  const typed = begun();
  if (typed) place.setRangeText(`@${row.dataset.name} `, typed.index, place.selectionStart, "end");
  close();
  place.focus();
}

function option({ name, called }, turn) {
  const row = Object.assign(document.createElement("li"), { id: `called-${turn}`, role: "option" });
  row.dataset.name = name;
  row.append(Object.assign(document.createElement("b"), { textContent: `@${name}` }), ` ${called}`);
  row.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays where it is
  row.addEventListener("click", () => take(row));
  return row;
}

async function suggest() {
  if (!begun()) {
    refused = -1;
    return close();
  }
  const all = await known(), typed = begun();
  if (!typed || typed.index === refused || document.activeElement !== place) return close();
  const words = typed[1].toLowerCase();
  const starts = ({ name, called }) => [name, ...called.split(" ")].some((part) => part.toLowerCase().startsWith(words));
  const found = all.filter(starts).slice(0, SHOWN);
  list.replaceChildren(...found.map(option));
  list.hidden = !found.length;
  if (!found.length) return close();
  choose(0);
  told.textContent = ngettext("{count} person to call upon", "{count} people to call upon", found.length);
}

function press(event) {
  const other = event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (event.target !== place || list.hidden || other) return;
  const does = {
    ArrowDown: () => choose(chosen + 1),
    ArrowUp: () => choose(chosen - 1),
    Enter: () => take(list.children[chosen]),
    Tab: () => take(list.children[chosen]),
    Escape: () => { refused = begun()?.index ?? -1; close(); },
  }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
}

// The form may be replaced while the page stands, so all is heard at the document.
document.addEventListener("focusin", ({ target }) => {
  if (target === place || !target.matches("[data-people]")) return;
  place = target;
  list.ariaLabel = place.labels[0].textContent;
  place.setAttribute("aria-autocomplete", "list");
  place.setAttribute("aria-controls", list.id);
  place.after(list, told);
});
document.addEventListener("input", ({ target }) => target === place && suggest());
document.addEventListener("keydown", press);
document.addEventListener("focusout", ({ target }) => target === place && close());
