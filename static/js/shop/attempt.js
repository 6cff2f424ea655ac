// Places one order, once. The Idempotency-Key and the exact body are kept for this tab before anything is sent, so
// that whatever happens in between (a lost answer, a reload, a second tap) the same request is sent again and the API
// gives the answer it gave before. A refusal is final for its key; the next attempt gets a new one.
import { Refused, Unanswered, call } from "./api.js";

const NAME = "shop.attempt";
const WAITS = [500, 1500, 4000]; // milliseconds before the next try of an unanswered request

export function unsettled() {
  return JSON.parse(sessionStorage.getItem(NAME));
}

// The order. Raises Refused (nothing was ordered) or Unanswered (nobody knows; call again, also after a reload).
export async function order(body) {
  const before = unsettled();
  if (before && JSON.stringify(before.body) !== JSON.stringify(body)) {
    // The form was changed while the first answer was missing: if that order was placed, it is the order.
    const placed = await settle(before).catch((error) => {
      if (!(error instanceof Refused)) throw error;
    });
    if (placed) return placed;
  }
  return settle(unsettled() ?? begin(body));
}

function begin(body) {
  const attempt = { key: `shop-${randomName()}`, body };
  sessionStorage.setItem(NAME, JSON.stringify(attempt));
  return attempt;
}

async function settle({ key, body }) {
  for (const wait of [...WAITS, null]) {
    try {
      const placed = await call("POST", "orders/", { body, headers: { "Idempotency-Key": key } });
      sessionStorage.removeItem(NAME);
      return placed;
    } catch (error) {
      const final = error instanceof Refused && error.code !== "idempotency_key_in_flight";
      if (final) sessionStorage.removeItem(NAME);
      if (final || !(error instanceof Refused || error instanceof Unanswered)) throw error;
      if (wait === null) throw new Unanswered(error.message);
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

// 128 random bits; crypto.randomUUID is missing on pages without TLS.
function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
