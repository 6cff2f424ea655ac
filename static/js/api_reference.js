/* For the API's reference: the theme that the system asks for, and names that Swagger UI does not give its parts. */
"use strict";

const night = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", night.matches);
night.addEventListener("change", follow);
follow();

// A preset of Swagger UI, whose page goes from its title, which stands in no landmark, to headings of the third level,
// and has links within buttons. The buttons lead to the same places.
const outline = () => ({
  wrapComponents: {
    DeepLink: (Original, { React: { createElement } }) => ({ text }) => createElement("span", null, text),
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
  ".dialog-ux": "Key",
  ".live-responses-table": "The answer",
  ".responses-table:not(.live-responses-table)": "Possible answers",
};

function nameParts() {
  for (const [part, said] of Object.entries(NAMES)) {
    for (const found of document.querySelectorAll(`${part}:not([aria-label])`)) {
      const operation = found.closest(".opblock")?.querySelector(".opblock-summary-control");
      const [method, path] = operation ? [operation.firstChild, operation.querySelector("[data-path]")] : [];
      found.setAttribute("aria-label", path ? `${said}: ${method.textContent} ${path.dataset.path}` : said);
    }
  }
  for (const found of document.querySelectorAll(".dialog-ux")) found.setAttribute("role", "dialog");
  for (const found of document.querySelectorAll("pre")) found.tabIndex = 0; // it scrolls, and keys must reach it
}

new MutationObserver(nameParts).observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });
