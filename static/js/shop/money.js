// Amounts come as decimal strings and are shown, never computed with: what things cost is the API's to say.
import { currency } from "./api.js";

export function money(amount, code = currency) {
  return new Intl.NumberFormat("en-GB", { style: "currency", currency: code }).format(amount);
}

export const isNothing = (amount) => Number(amount) === 0;

export function day(moment) {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" }).format(new Date(moment));
}
