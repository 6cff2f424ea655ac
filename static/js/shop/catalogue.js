// The page /shop/: search, a shelf of cards, more of them on request; details and basket open over it.
import { call, following } from "./api.js";
import * as basket from "./basket.js";
import { openable } from "./detail.js";
import { byId, el, later, say, show, unseen } from "./dom.js";
import "./drawer.js";
import { release } from "./holding.js";
import { money } from "./money.js";
import { offer } from "./placed.js";
import { mark } from "./stock.js";
import { tile } from "./tile.js";
import { cardOf, picker } from "./variants.js";
import { gettext } from "../words.js";

const PAGE = 24;
const shelf = byId("shelf"), found = byId("found"), more = byId("more"), words = byId("words");
const cards = new Map(); // by family, or by SKU of a product without one: its products
let next = null, asking;

async function load(path, { afresh }) {
  asking?.abort();
  const mine = (asking = new AbortController());
  shelf.setAttribute("aria-busy", "true");
  try {
    const page = await call("GET", path, { signal: mine.signal });
    next = following(page.next);
    if (afresh) empty();
    const first = place(page.results);
    tell();
    if (!afresh) first?.querySelector("button").focus();
  } catch (error) {
    if (error.name === "AbortError") return;
    say(found, gettext("{why} Please try again.", { why: error.message }));
  }
  shelf.setAttribute("aria-busy", "false");
}

function search() {
  const query = new URLSearchParams({ page_size: PAGE });
  const asked = words.value.trim();
  if (asked) query.set("search", asked);
  history.replaceState(null, "", (asked ? `?${new URLSearchParams({ q: asked })}` : location.pathname) + location.hash);
  return load(`products/?${query}`, { afresh: true });
}

function empty() {
  cards.clear();
  shelf.replaceChildren();
}

// Returns the first card that is new.
function place(products) {
  const known = new Set(cards.keys());
  for (const product of products) {
    const name = cardOf(product);
    const group = cards.get(name) ?? [];
    cards.set(name, [...group.filter((row) => row.sku !== product.sku), product]);
  }
  let first;
  for (const name of new Set(products.map(cardOf))) {
    const made = card(name, cards.get(name)[0]);
    const old = known.has(name) && [...shelf.children].find((row) => row.dataset.card === name);
    if (old) old.replaceWith(made);
    else shelf.append(made);
    first ??= old ? undefined : made;
  }
  return first;
}

function tell() {
  const asked = words.value.trim();
  const count = cards.size;
  show(more, next !== null);
  if (count === 0) say(found, asked ? gettext("Nothing found for “{asked}”.", { asked }) : gettext("The shelves are empty."));
  else say(found, asked ? hits(count, asked) : "");
}

const hits = (count, asked) =>
  (next ? gettext("{count} or more found for “{asked}”", { count, asked }) : gettext("{count} found for “{asked}”", { count, asked }));

function card(name, product) {
  const group = cards.get(name);
  const drawn = el("li", { "data-card": name });
  const add = el("button", { type: "button", class: "btn", onclick: () => put(product, 1, add), disabled: product.available <= 0 },
    el("span", { "aria-hidden": "true" }, gettext("Add")), unseen(gettext("Add {name} to the basket", product)));
  drawn.append(el("article", { class: "ware" },
    el("div", { class: "picture" }, tile(product.sku, product.name)),
    el("h2", {}, el("button", { type: "button", class: "open", onclick: () => openable.open(product) },
      group.length > 1 ? product.family_name : product.name)),
    group.length > 1 ? picker(group, product, (other) => swap(drawn, name, other)) : null,
    el("p", { class: "price" }, el("b", {}, money(product.price, product.currency)), mark(product.available)),
    add));
  return drawn;
}

function swap(drawn, name, product) {
  const made = card(name, product);
  drawn.replaceWith(made);
  made.querySelector("select").focus();
}

function put(product, quantity = 1, button = null) {
  basket.add(product, quantity);
  if (button) flash(button);
  say(byId("said"), "");
  setTimeout(() => say(byId("said"), gettext("{name} is in your basket.", product)), 50);
}

// Says it where the eye is; the status line says it to a screen reader.
function flash(button) {
  const words = button.firstChild;
  words.textContent = gettext("Added");
  button.classList.add("added");
  clearTimeout(button.dataset.timer);
  button.dataset.timer = setTimeout(() => {
    words.textContent = gettext("Add");
    button.classList.remove("added");
  }, 1500);
}

openable.onAdd = put;
words.value = new URLSearchParams(location.search).get("q") ?? "";
words.oninput = later(250, search);
byId("search").onsubmit = (event) => {
  event.preventDefault();
  words.blur(); // puts a phone's keyboard away
  search();
};
more.onclick = () => next && load(next, { afresh: false });
offer();
// Back from the checkout: what was set aside there would look sold out here.
await release();
await search();
openable.follow();
