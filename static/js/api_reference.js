/* For the API's reference: the theme that the system asks for, and names that Swagger UI does not give its parts. */
"use strict";

const night = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", night.matches);
night.addEventListener("change", follow);
follow();

// A preset of Swagger UI, whose page goes from its title, which stands in no landmark, to headings of the third level.
const outline = () => ({
  wrapComponents: {
    InfoContainer: (Original, { React: { createElement } }) => (props) =>
      createElement(
        "section",
        { "aria-label": "About this API" },
        createElement(Original, props),
        createElement("h2", { className: "unseen" }, "Operations"),
      ),
  },
});

const NAMES = {
  ".body-param__text": "Request body",
  ".examples-select-element": "Example",
  ".close-modal": "Close the dialog",
};

function name() {
  for (const [part, said] of Object.entries(NAMES)) {
    for (const found of document.querySelectorAll(part)) found.ariaLabel ??= said;
  }
  for (const found of document.querySelectorAll("pre")) found.tabIndex = 0; // it scrolls, and keys must reach it
  for (const found of document.querySelectorAll(".responses-table")) found.ariaLabel ??= `Responses of ${found.id}`;
  for (const found of document.querySelectorAll(".dialog-ux")) Object.assign(found, { role: "dialog", ariaLabel: "Key" });
}

new MutationObserver(name).observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });
