// The checkout's form. Fields are named by their path in the order's body (`shipping_address.city`), so that reading
// the form makes the body, and an error of the API finds its field.
import { el, say } from "./dom.js";
import { isNothing, money } from "./money.js";
import { gettext, ngettext } from "../words.js";

const DRAFT = "shop.draft";
// One name is asked for and sent as two; errors of the second belong to the first.
const ASKED_AS = { "shipping_address.name": "customer.name" };
const EXAMPLE = {
  "customer.email": "ada@example.org", "customer.name": "Ada Byron",
  "shipping_address.line1": "12 St James's Square", "shipping_address.postal_code": "SW1Y 4JH",
  "shipping_address.city": "London", "shipping_address.country": "GB",
};

export function read(form) {
  const body = { customer: {}, shipping_address: {}, payment: {} };
  for (const [path, value] of new FormData(form)) {
    const names = path.split(".");
    const last = names.pop();
    names.reduce((part, name) => (part[name] ??= {}), body)[last] = value.trim();
  }
  if (!body.store_credit) delete body.store_credit_token;
  return body;
}

export function fill(form, body) {
  for (const input of form.elements) {
    if (input.readOnly || input.type === "hidden") continue; // the page knows better than a draft
    const value = input.name?.split(".").reduce((part, name) => part?.[name], body);
    if (typeof value !== "string") continue;
    if (input.type === "radio" || input.type === "checkbox") input.checked = input.value === value;
    else input.value = value;
  }
}

export function example(form) {
  for (const [path, value] of Object.entries(EXAMPLE)) {
    if (form.elements[path].readOnly) continue;
    form.elements[path].value = value;
    mend(form.elements[path]);
  }
  draft(form);
}

// What was typed survives a reload of this tab.
export function touch(form, input) {
  mend(input);
  draft(form);
}

export function restore(form) {
  const known = JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  fill(form, known);
  form.querySelector("#methods").dataset.wanted = known.shipping_method ?? "";
}

export function forgetDraft() {
  sessionStorage.removeItem(DRAFT);
}

function draft(form) {
  sessionStorage.setItem(DRAFT, JSON.stringify(read(form)));
}

// What addresses of the chosen country have is asked for, and no longer called optional.
export function suit(form) {
  const needed = form.elements["shipping_address.country"].selectedOptions[0]?.dataset.needs?.split(" ") ?? [];
  for (const part of ["postal_code", "region"]) {
    const input = form.elements[`shipping_address.${part}`];
    input.required = needed.includes(part);
    input.labels[0].querySelector(".soft").hidden = input.required;
    if (!input.required) mend(input);
  }
}

// The browser's own checks, told beside the fields; the first of them gets the focus.
export function valid(form) {
  const wrong = [...form.elements].filter((input) => input.willValidate && !input.checkValidity());
  for (const input of wrong) blame(input, input.validationMessage);
  wrong[0]?.focus();
  return wrong.length === 0;
}

// Errors by field from a problem document; returns what is to be said of the whole.
export function explain(form, problem) {
  const homeless = [];
  for (const { field, detail } of problem.errors ?? []) {
    const input = form.elements[ASKED_AS[field] ?? field];
    if (input instanceof HTMLElement) blame(input, detail);
    else homeless.push(detail);
  }
  form.querySelector("[aria-invalid]")?.focus();
  if (homeless.length) return homeless.join(" ");
  return problem.errors
    ? gettext("Please look at the marked fields. Nothing was ordered.")
    : gettext("{why} Nothing was ordered.", { why: problem.detail });
}

// Warnings are told and never block: the rules know less than the people who live there. Only a part that addresses
// of the country always have is asked for (`suit`).
export function warn(form, elsewhere, warnings) {
  for (const old of form.querySelectorAll(".hint.warn")) old.remove();
  for (const { field, code, detail } of warnings) {
    const input = form.elements[ASKED_AS[field] ?? field];
    if (!(input instanceof HTMLElement)) elsewhere.append(el("p", { class: "warn" }, detail));
    else if (input.hasAttribute("aria-invalid") || (code === "required" && input.required)) continue;
    else if (input.value || input.dataset.visited) {
      const hint = el("p", { class: "hint warn", id: `${input.id}-hint` }, gettext("{warning} If it is right, just go on.", { warning: detail }));
      input.closest(".field").append(hint);
      input.setAttribute("aria-describedby", hint.id);
    }
  }
}

// Draws the ways to ship and returns the code of the chosen one, empty when there is none; when none was chosen, the
// cheapest is.
export function methods(place, priced) {
  const offered = [...priced.shipping_methods].sort((one, other) => one.price - other.price);
  const before = place.querySelector(":checked")?.value ?? place.dataset.wanted ?? "";
  if (place.dataset.offered === JSON.stringify(offered)) return before;
  place.dataset.offered = JSON.stringify(offered);
  const chosen = offered.find((row) => row.code === before) ?? offered[0];
  const focused = place.contains(document.activeElement);
  place.replaceChildren(...offered.map((row) => choice(row, row === chosen, priced.currency)));
  if (!offered.length) place.append(el("p", { class: "soft" }, gettext("Shipping is free.")));
  if (focused) place.querySelector(":checked")?.focus();
  return chosen?.code ?? "";
}

export function noMethod(place) {
  delete place.dataset.offered;
  place.replaceChildren();
}

function choice({ code, name, price, days }, checked, currency) {
  return el("label", {},
    el("input", { type: "radio", name: "shipping_method", value: code, checked }),
    el("span", {}, el("b", {}, name), el("small", {}, ngettext("{count} day", "about {count} days", days))),
    el("b", { class: "end" }, isNothing(price) ? gettext("Free") : money(price, currency)));
}

function blame(input, detail) {
  const field = input.closest(".field");
  if (!field) return;
  const id = `${input.id}-error`;
  const said = field.querySelector(".errorlist") ?? field.appendChild(el("p", { class: "errorlist", id }));
  say(said, detail);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", id);
}

function mend(input) {
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
  input.closest(".field")?.querySelector(".errorlist")?.remove();
}
