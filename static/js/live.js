// Today and the boards renew themselves through htmx; this says whether that works, and spares the server while nobody looks or a menu is open.
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
    if (event.target.id === "live" && (document.hidden || document.querySelector("#live details[open]"))) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => say(event.detail.successful));
  document.addEventListener("htmx:afterSettle", () => say(true));
}
