// What a basket costs, asked of the API each time it changes. Only the newest question counts.
import { call, currency } from "./api.js";
import { el } from "./dom.js";
import { isNothing, money } from "./money.js";
import { gettext } from "../words.js";

let running;

// `more`: shipping_method, shipping_address. Returns null when a newer question has overtaken this one.
export async function quote(lines, more = {}) {
  running?.abort();
  const mine = (running = new AbortController());
  try {
    return await call("POST", "quotes/", { body: { currency, lines, ...more }, signal: mine.signal });
  } catch (error) {
    if (error.name === "AbortError") return null;
    throw error;
  }
}

// By SKU of the basket: what its line costs, and how many could be had. A bundle is priced as its parts, which name it.
export function perSku(priced, asked) {
  const sums = new Map(), left = new Map();
  for (const line of priced.lines) {
    const sku = line.bundle || line.sku;
    const each = line.quantity / (asked.find((row) => row.sku === sku)?.quantity ?? line.quantity);
    sums.set(sku, (sums.get(sku) ?? 0) + Number(line.total));
    left.set(sku, Math.min(left.get(sku) ?? Infinity, Math.floor(line.available / (line.bundle ? each : 1))));
  }
  return { sums, left };
}

export function totals(priced) {
  const code = priced.currency;
  const rows = [[gettext("Items"), money(priced.items_total, code)]];
  if (!isNothing(priced.discount_total)) rows.push([gettext("Discount, already off"), money(priced.discount_total, code)]);
  if (!isNothing(priced.shipping_total)) rows.push([gettext("Shipping"), money(priced.shipping_total, code)]);
  const tax = [priced.prices_include_tax ? gettext("Tax, included") : gettext("Tax"), money(priced.tax_total, code)];
  if (!priced.prices_include_tax) rows.push(tax);
  const shown = rows.flatMap(([name, amount]) => [el("dt", {}, name), el("dd", {}, amount)]);
  const total = [el("dt", { class: "total" }, gettext("Total")), el("dd", { class: "total" }, money(priced.total, code))];
  const within = priced.prices_include_tax && !isNothing(priced.tax_total)
    ? [el("dt", { class: "small" }, tax[0]), el("dd", { class: "small" }, tax[1])] : [];
  const credit = isNothing(priced.store_credit) ? [] : [
    el("dt", {}, gettext("Store credit")), el("dd", {}, `−${money(priced.store_credit, code)}`),
    el("dt", { class: "total" }, gettext("To pay")), el("dd", { class: "total" }, money(priced.to_pay, code))];
  return [...shown, ...total, ...within, ...credit];
}
