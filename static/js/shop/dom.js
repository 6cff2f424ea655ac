// Elements without markup in strings: whatever the API says becomes text, never HTML.
export const byId = (id) => document.getElementById(id);

// el("button", { class: "btn", type: "button", onclick: add, "aria-label": "Add" }, "Add", [more, children])
export function el(name, traits = {}, ...children) {
  const made = document.createElement(name);
  for (const [trait, value] of Object.entries(traits)) {
    if (trait.startsWith("on")) made[trait] = value;
    else if (value === true) made.setAttribute(trait, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(trait, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export const unseen = (words) => el("span", { class: "unseen" }, words);

// Text that a screen reader announces is only touched when it changes.
export function say(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

export function show(place, visible) {
  place.hidden = !visible;
}

export function later(milliseconds, work) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), milliseconds);
  };
}
