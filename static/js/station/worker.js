// The service worker of the stations: a page that was open is shown again when it is reloaded without a network, as the
// shop last sent it. Nothing is ever sent from here: scans wait in the page's own queue.
const KEPT = "stations";
const PATIENCE_MS = 4000; // a weak network that says nothing for so long is none
const GONE = new Set([401, 403]);
const MOST = { page: 10, part: 150 };
const kindOf = (request) => (/^\/(static|words)\//.test(new URL(request.url).pathname) ? "part" : "page");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const wanted = request.mode === "navigate" || kindOf(request) === "part";
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin || !wanted) return;
  const network = fetched(request);
  event.waitUntil(network.catch(() => {}));
  event.respondWith(answer(request, network));
});

async function answer(request, network) {
  try {
    return await Promise.race([network, tooLong(request)]);
  } catch (lost) {
    const found = await kept(request);
    if (!found) throw lost;
    return kindOf(request) === "page" ? marked(found) : found;
  }
}

async function fetched(request) {
  const found = await fetch(request);
  const cache = await caches.open(KEPT);
  if (found.ok && !found.redirected) {
    await cache.delete(request);
    await cache.put(request, found.clone());
    await prune(cache, kindOf(request));
  } else if ((found.type === "opaqueredirect" || GONE.has(found.status)) && (await kept(request))) {
    await caches.delete(KEPT); // signed out, or not theirs any more: the next one at this device sees nothing of it
  }
  return found;
}

// Rejects after a while if there is something else to show.
async function tooLong(request) {
  const found = await kept(request);
  if (!found) return new Promise(() => {});
  return new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, new Error("The shop does not answer")));
}

async function kept(request) {
  return (await caches.open(KEPT)).match(request, { ignoreVary: true });
}

// The page's script must know that the numbers in it may be old.
async function marked(found) {
  const text = (await found.text()).replace("<html", '<html data-kept="yes"');
  const headers = new Headers(found.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  return new Response(text, { status: found.status, headers });
}

async function prune(cache, kind) {
  const same = (await cache.keys()).filter((request) => kindOf(request) === kind);
  for (const old of same.slice(0, -MOST[kind])) await cache.delete(old);
}
