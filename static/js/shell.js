// The frame around every page: counts beside the stages, and single keys for those who want them.
const RENEW = 15_000, TOGETHER = 1500, STORE = "counts";

function show(counts) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const count = counts[place.dataset.count] ?? 0;
    const most = Number(place.dataset.most ?? Infinity); // further on it is not counted
    const said = Math.min(count, most).toLocaleString(document.documentElement.lang);
    place.textContent = count > most ? `${said}+` : count ? said : "";
  }
}

// The last known numbers stand there at once; the server is asked while somebody looks.
async function renew() {
  const nav = document.querySelector("[data-counts]");
  if (!nav || document.hidden) return;
  try {
    const answer = await fetch(nav.dataset.counts, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    const counts = await answer.json();
    sessionStorage.setItem(STORE, JSON.stringify(counts));
    show(counts);
  } catch {
    // without a network the last numbers stay; the page itself says when it is not live
  }
}

const known = sessionStorage.getItem(STORE);
if (known) show(JSON.parse(known));
renew();
setInterval(renew, RENEW);
document.addEventListener("visibilitychange", renew);

// What is chosen of a row of chips stands in the middle of it where the row is wider than the screen.
for (const chip of document.querySelectorAll(".chips > [aria-current]")) {
  const row = chip.parentElement, [at, around] = [chip, row].map((box) => box.getBoundingClientRect());
  row.scrollLeft += at.left + at.width / 2 - around.left - around.width / 2;
}

// A link to something folded unfolds it.
function unfold() {
  const place = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (place instanceof HTMLDetailsElement) place.open = true;
}

unfold();
addEventListener("hashchange", unfold);

const zones = document.getElementById("time-zones");
document.getElementById("time-zone")?.addEventListener("focus", async () => {
  const answer = zones.children.length ? null : await fetch(zones.dataset.zones);
  if (answer?.ok) zones.append(...(await answer.json()).zones.map((zone) => new Option(zone, zone)));
}, { once: true });

const isTyping = (place) => place.closest("input, select, textarea, [contenteditable], dialog[open]:not(#shortcuts)");
let afterGo = 0;

function go(key) {
  const place = /^[1-9]$/.test(key)
    ? document.querySelectorAll(".nav a:has(> b)")[Number(key) - 1]
    : document.querySelector(`#shortcuts [data-key="${CSS.escape(key)}"]`);
  if (place) location.assign(place.href);
}

document.addEventListener("keydown", (event) => {
  const used = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (!("shortcuts" in document.body.dataset) || used || isTyping(event.target)) return;
  if (event.timeStamp < afterGo) {
    afterGo = 0;
    go(event.key);
  } else if (event.key === "g") {
    afterGo = event.timeStamp + TOGETHER;
  } else if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search").select();
    document.getElementById("search").focus();
  } else if (event.key === "?") {
    document.getElementById("shortcuts").showModal();
  }
});
