// Today renews itself through htmx; this says whether that works, and spares the server while nobody looks.
const root = document.documentElement;
const pulse = () => document.querySelector(".pulse");

function say(works) {
  root.classList.add("live");
  root.classList.toggle("lost", !works);
  const place = pulse();
  if (place) place.textContent = works ? place.dataset.works : place.dataset.lost;
}

if (document.getElementById("live")) {
  say(true);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.id === "live") event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => say(event.detail.successful));
  document.addEventListener("htmx:afterSettle", () => say(true));
}
