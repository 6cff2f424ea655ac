// Keeps <time data-age> true while a page stays open, in the same words the server uses.
const MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

export function age(seconds) {
  if (seconds < MINUTE) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) {
    const minutes = Math.floor((seconds % HOUR) / MINUTE);
    const rest = minutes ? ` ${String(minutes).padStart(2, "0")}` : "";
    return `${Math.floor(seconds / HOUR)} h${rest}`;
  }
  return `${Math.floor(seconds / DAY)} d`;
}

function renew() {
  for (const place of document.querySelectorAll("time[data-age]")) {
    const words = age((Date.now() - Date.parse(place.dateTime)) / 1000);
    if (place.textContent !== words) place.textContent = words;
  }
}

setInterval(renew, 5000);
