// Acts that the shop has not answered yet: kept on the device, one entry each, sent in order, and sent again until they
// are answered. Each has its own id, by which the shop takes it once.
import { isKept } from "./offline.js";

const BATCH = 50;
const RESTS = [500, 1000, 2000, 4000];
const REFUSED = new Set([400, 404, 409, 413, 422]);

export class Queue {
  // `send(list, acts)` resolves to the shop's answer, or rejects with { status } when it was refused.
  constructor(name, { send, answered, refused, changed }) {
    this.prefix = `${name}.`;
    Object.assign(this, { send, answered, refused, changed });
    this.waiting = this.#kept();
    this.number = this.waiting.length ? this.waiting.at(-1).number + 1 : 1;
    this.busy = false;
    this.tries = 0;
    this.offline = isKept();
    addEventListener("online", () => this.heard());
  }

  get length() {
    return this.waiting.length;
  }

  // The shop can be reached again.
  heard() {
    this.#is(false);
    this.flush();
  }

  acts(list) {
    return this.waiting.filter((entry) => entry.list === list).map((entry) => entry.act);
  }

  add(list, act) {
    const entry = { number: this.number, list, act };
    this.number += 1;
    localStorage.setItem(this.#key(entry), JSON.stringify(entry));
    this.waiting.push(entry);
    this.changed();
    this.flush();
  }

  // One sender at a time, in this tab and in all tabs of the device.
  async flush() {
    if (this.busy || !this.waiting.length) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      const run = () => this.#sendAll();
      await (navigator.locks ? navigator.locks.request(`${this.prefix}send`, run) : run());
    } finally {
      this.busy = false;
    }
    if (this.waiting.length) this.timer = setTimeout(() => this.flush(), this.#rest());
  }

  async #sendAll() {
    while (this.waiting.length) {
      const list = this.waiting[0].list;
      const different = this.waiting.findIndex((entry) => entry.list !== list);
      const batch = this.waiting.slice(0, Math.min(BATCH, different < 0 ? BATCH : different));
      try {
        const answer = await this.send(list, batch.map((entry) => entry.act));
        this.#drop(batch);
        this.#is(false);
        this.answered(list, answer);
      } catch (error) {
        if (!REFUSED.has(error.status)) return this.#is(true);
        this.#drop(batch);
        this.refused(list, error, batch.length);
      }
    }
  }

  #drop(batch) {
    for (const entry of batch) localStorage.removeItem(this.#key(entry));
    const gone = new Set(batch);
    this.waiting = this.waiting.filter((entry) => !gone.has(entry));
    this.tries = 0;
    this.changed();
  }

  #is(offline) {
    if (offline) this.tries += 1;
    this.offline = offline;
    this.changed();
  }

  #rest() {
    return RESTS[Math.min(this.tries, RESTS.length) - 1] ?? RESTS[0];
  }

  #key(entry) {
    return this.prefix + String(entry.number).padStart(12, "0");
  }

  #kept() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix)).sort();
    return keys.map((key) => JSON.parse(localStorage.getItem(key)));
  }
}
