// Stock set aside while the customer is at the checkout, and the clock that shows for how long.
import { Refused, call } from "./api.js";

const NAME = "shop.hold";
const MINUTES = 15;
const PATIENCE = 5000; // milliseconds
let last = Promise.resolve(); // one after the other: two at once would each set the same things aside

export function held() {
  const hold = JSON.parse(sessionStorage.getItem(NAME));
  return hold && hold.until > Date.now() ? hold : null;
}

// Sets exactly these lines aside, instead of those before. Raises Refused `out_of_stock` with `missing`.
export function hold(lines) {
  last = last.catch(() => null).then(() => setAside(lines));
  return last;
}

// Comes when what was last asked for is set aside, or refused, or takes too long.
export function settled() {
  return Promise.race([last.catch(() => null), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

async function setAside(lines) {
  const body = { lines, minutes: MINUTES };
  const until = Date.now() + MINUTES * 60_000; // by the clock of this device, which may differ from the shop's
  const { token } = await change(held(), body) ?? await call("POST", "holds/", { body });
  sessionStorage.setItem(NAME, JSON.stringify({ token, until }));
}

export function forget() {
  sessionStorage.removeItem(NAME);
}

// Gives it back; when that does not work it ends by itself.
export async function release() {
  const mine = held();
  forget();
  if (mine) await call("DELETE", `holds/${mine.token}/`).catch(() => null);
}

async function change(mine, body) {
  if (!mine) return null;
  try {
    return await call("PUT", `holds/${mine.token}/`, { body });
  } catch (error) {
    if (error instanceof Refused && error.code === "not_found") return null;
    throw error;
  }
}

export function timeLeft() {
  const mine = held();
  const seconds = mine ? Math.max(0, Math.round((mine.until - Date.now()) / 1000)) : 0;
  return { seconds, words: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` };
}
