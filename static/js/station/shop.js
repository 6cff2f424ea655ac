// The one door from a station to the shop: JSON with the page's token. Rejects with { status, said } when refused, and
// with status 0 when nobody answered.
import { gettext } from "../words.js";

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

export class Refusal extends Error {
  constructor(status, said) {
    super(said);
    this.status = status;
    this.said = said;
  }
}

export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: "manual",
      cache: "no-store",
    });
  } catch {
    throw new Refusal(0, gettext("The shop does not answer"));
  }
  const told = await answer.json().catch(() => null);
  if (!answer.ok || told === null) throw new Refusal(answer.status, told?.said ?? gettext("The shop cannot do this now"));
  return told;
}

// Not offered by browsers outside https, where a station in the shop's own network may run.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
