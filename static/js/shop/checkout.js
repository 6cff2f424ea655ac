// The page /shop/checkout/: sets the basket aside, prices it for this address, places the order, and goes on to pay.
import { Refused, Unanswered, currency } from "./api.js";
import { order, unsettled } from "./attempt.js";
import * as basket from "./basket.js";
import { byId, later, say, show } from "./dom.js";
import * as form from "./form.js";
import { forget, held, hold, settled, timeLeft } from "./holding.js";
import * as lines from "./lines.js";
import { day, isNothing, money } from "./money.js";
import { offer, remember } from "./placed.js";
import { perSku, quote, totals } from "./quotes.js";
import { gettext } from "../words.js";

const place = byId("checkout"), list = byId("lines"), button = byId("order"), kept = byId("kept");
const NOBODY_KNOWS = gettext(
  "We did not hear back, so we do not know whether your order was placed. Press the button again to find out: it will never be placed twice.",
);
// `waiting` for the first answer: the notice keeps its place from the start, or it would push the form down later.
let priced = null, missing = new Map(), ordering = false, waiting = !unsettled();

function redraw() {
  const empty = basket.units() === 0;
  show(place, !empty);
  show(byId("nothing"), empty && !ordering);
  if (empty) show(kept, false);
  offer();
  lines.draw(list, basket.lines());
}

const keepAside = later(300, async () => {
  if (!basket.units() || ordering) {
    waiting = false;
    return tick();
  }
  try {
    await hold(basket.asked());
    missing = new Map();
    refuse("");
  } catch (error) {
    if (error instanceof Refused) refuse(explained(error));
  } finally {
    waiting = false;
    tick();
    ask();
  }
});

const ask = later(150, async () => {
  if (!basket.units() || ordering) return;
  const body = form.read(place);
  const more = { shipping_address: filled(body.shipping_address) };
  if (body.shipping_method) more.shipping_method = body.shipping_method;
  if (body.store_credit) Object.assign(more, { store_credit: body.store_credit, store_credit_token: body.store_credit_token });
  try {
    priced = (await quote(basket.asked(), more)) ?? priced;
    tell();
  } catch (error) {
    if (error.code !== "no_such_shipping") return refuse(explained(error));
    form.noMethod(byId("methods"));
    ask();
  }
});

function tell() {
  if (ordering) return;
  const chosen = form.methods(byId("methods"), priced);
  if (chosen !== priced.shipping_method) return ask();
  byId("totals").replaceChildren(...totals(priced));
  lines.tell(list, perSku(priced, basket.asked()).sums, missing);
  byId("warnings").replaceChildren();
  form.warn(place, byId("warnings"), priced.warnings ?? []);
  say(byId("promised"), priced.promised_at ? gettext("Promised by {day}.", { day: day(priced.promised_at) }) : "");
  const pays = place.elements["payment.method"].value === "card" && !isNothing(priced.to_pay);
  say(button, pays ? gettext("Order and pay {amount}", { amount: money(priced.to_pay, priced.currency) }) : gettext("Place the order"));
}

function tick() {
  const { seconds, words } = timeLeft();
  const empty = basket.units() === 0;
  show(kept, !empty && (waiting || seconds > 0 || kept.dataset.ended === "yes"));
  say(byId("kept-clock"), seconds > 0 ? gettext("{time} left to order", { time: words }) : "");
  if (seconds > 0) {
    kept.dataset.ended = "no";
    say(byId("kept-words"), gettext("We have set everything aside for you."));
  } else if (waiting) {
    say(byId("kept-words"), gettext("We are setting everything aside for you …"));
  } else if (kept.dataset.ended === "no") {
    kept.dataset.ended = "yes";
    say(byId("kept-words"), gettext("The time is over, so your things are back on the shelf. You can still order what is left."));
  }
  show(byId("keep"), seconds === 0 && kept.dataset.ended === "yes");
}

async function submit(event) {
  event?.preventDefault();
  if (ordering || !form.valid(place)) return;
  busy(true);
  await settled(); // what is just being set aside becomes the order's
  const body = form.read(place);
  if (!body.gift_note) delete body.gift_note;
  body.currency = currency;
  body.lines = basket.asked();
  body.customer.name = body.shipping_address.name = body.customer.name;
  if (held()) body.hold = held().token;
  await send(body);
}

async function send(body) {
  busy(true);
  try {
    const placed = await order(body);
    const next = new URL(`../placed/${placed.external_id}/`, location.href);
    remember(next.pathname);
    basket.clear();
    forget();
    form.forgetDraft();
    location.assign(next);
  } catch (error) {
    busy(false);
    refuse(error instanceof Unanswered ? NOBODY_KNOWS : explained(error));
    if (!place.querySelector("[aria-invalid]:focus")) byId("refused").focus();
  }
}

function refuse(words) {
  show(byId("refused"), words !== "");
  say(byId("refused-words"), words);
}

// What is to be said of the whole; what belongs to a field or a line is put there.
function explained(error) {
  if (!(error instanceof Refused)) return error.message;
  if (error.problem.missing || error.problem.skus) return tellMissing(error.problem);
  return form.explain(place, error.problem);
}

function tellMissing(problem) {
  const gone = (problem.skus ?? []).map((sku) => [sku, 0]);
  missing = new Map([...Object.entries(problem.missing ?? {}), ...gone]);
  lines.tell(list, new Map(), missing);
  return gone.length
    ? gettext("Something in your basket is no longer sold. Nothing was ordered.")
    : gettext("There is not enough of something in your basket: please look what is left. Nothing was ordered.");
}

function busy(is) {
  ordering = is;
  button.disabled = is;
  place.setAttribute("aria-busy", String(is));
  if (is) say(button, gettext("Placing your order …"));
  else if (priced) tell();
}

// An empty part of an address would be told as missing; while it is typed it is only not there yet.
function filled(address) {
  return Object.fromEntries(Object.entries(address).filter(([, value]) => value !== ""));
}

basket.onChange(() => {
  redraw();
  keepAside();
});
place.onsubmit = submit;
place.addEventListener("focusout", (event) => {
  event.target.dataset.visited = "yes";
  if (priced) tell();
});
place.oninput = (event) => {
  form.touch(place, event.target);
  if (event.target.name === "shipping_address.country") form.suit(place);
  if (/^shipping_address\.|method$|^store_credit$/.test(event.target.name)) ask();
};
byId("keep").onclick = () => keepAside();
byId("example")?.addEventListener("click", () => {
  form.example(place);
  form.suit(place);
  ask();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
form.restore(place);
form.suit(place);
redraw();
tick();
setInterval(tick, 1000);
if (unsettled()) {
  form.fill(place, unsettled().body);
  form.suit(place);
  send(unsettled().body);
} else keepAside();
