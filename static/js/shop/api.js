// The one door to the API: `call` sends JSON with the shop's publishable key and tells three outcomes apart:
// an answer (returned), a refusal (Refused, with the problem document) and silence (Unanswered, worth another try).
import { gettext } from "../words.js";

const meta = (name) => document.querySelector(`meta[name="shop-${name}"]`).content;

export const currency = meta("currency");
const root = new URL(meta("api"), location.origin);
const key = meta("key");
const TOO_MANY = 429; // says nothing about an earlier attempt that may have got through

export class Refused extends Error {
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
    this.code = problem.code;
  }
}

export class Unanswered extends Error {}

export async function call(method, path, { body, headers = {}, signal } = {}) {
  const url = new URL(path, root);
  const sent = { Authorization: `Bearer ${key}`, Accept: "application/json", ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  const { status, text } = await exchange(url, {
    method, headers: sent, signal, credentials: "omit", cache: "no-store",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (status === 204) return null;
  const told = read(text);
  if (status >= 500 || status === TOO_MANY || told === null) throw new Unanswered(gettext("The shop answered {status}.", { status }));
  if (status >= 400) throw new Refused(told);
  return told;
}

// `next` of a page is a whole address; only its path and query are taken, so that a proxy's name does not matter.
export function following(next) {
  if (!next) return null;
  const url = new URL(next);
  return url.pathname + url.search;
}

async function exchange(url, request) {
  try {
    const answer = await fetch(url, request);
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unanswered(gettext("The shop did not answer."));
  }
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
