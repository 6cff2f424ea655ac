// Lets a station be reloaded without a network, where the browser can: https, or this very machine.
const KEPT = "stations";

// Whether this page was shown from the device, because the shop did not answer.
export const isKept = () => Boolean(document.documentElement.dataset.kept);

// `scope` is the station's address. The first time nothing of the page came by the worker, so it is kept from here.
export async function keepPage(scope) {
  if (!navigator.serviceWorker || isKept()) return;
  try {
    await navigator.serviceWorker.register(`${scope}worker.js`);
    if (navigator.serviceWorker.controller) return;
    const parts = performance.getEntriesByType("resource").map((entry) => new URL(entry.name))
      .filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
    const cache = await caches.open(KEPT);
    await cache.addAll([...new Set(parts.map(String))]);
    const page = await fetch(location.href, { redirect: "error" });
    if (page.ok) await cache.put(location.href, page);
  } catch {
    // A device that keeps no pages still keeps its scans.
  }
}
