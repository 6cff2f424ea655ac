// The basket: SKUs and quantities, kept in this browser. Names and prices beside them are only there to draw it at
// once; what it costs is asked of the API (quotes.js). Other tabs of the shop see each change.
const NAME = "shop.basket";
const MOST = 100000; // units of a line, as the API has it
const listeners = new Set();

export function lines() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

export const asked = () => lines().map(({ sku, quantity }) => ({ sku, quantity }));
export const units = () => lines().reduce((sum, line) => sum + line.quantity, 0);

export function add({ sku, name, price }, quantity = 1) {
  const kept = lines();
  const there = kept.find((line) => line.sku === sku);
  if (there) there.quantity = within(there.quantity + quantity);
  else kept.push({ sku, name, price, quantity: within(quantity) });
  keep(kept);
}

// 0 takes the line out.
export function setQuantity(sku, quantity) {
  const kept = lines().map((line) => (line.sku === sku ? { ...line, quantity: within(quantity) } : line));
  keep(kept.filter((line) => line.quantity > 0));
}

export function clear() {
  keep([]);
}

export function onChange(listener) {
  listeners.add(listener);
}

function within(quantity) {
  return Math.min(MOST, Math.max(0, Math.trunc(quantity) || 0));
}

function keep(kept) {
  localStorage.setItem(NAME, JSON.stringify(kept));
  for (const listener of listeners) listener();
}

// Back from another page, drawn as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const listener of listeners) listener();
});
addEventListener("storage", (event) => {
  if (event.key === NAME || event.key === null) for (const listener of listeners) listener();
});
