// Amounts come as decimal strings and are shown, never computed with: what things cost is the API's to say.
import { currency } from "./api.js";
import { language } from "../words.js";

export function money(amount, code = currency) {
  return new Intl.NumberFormat(language, { style: "currency", currency: code }).format(amount);
}

export const isNothing = (amount) => Number(amount) === 0;

export function day(moment) {
  return new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(new Date(moment));
}
