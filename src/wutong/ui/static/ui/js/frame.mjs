// Entry of every page. Each behaviour is a module of its own; without any of them the page works by links and forms.
import { watchFilters } from "./autosubmit.mjs";
import { keepDrafts } from "./drafts.mjs";
import { openDrawers } from "./drawer.mjs";
import { focusErrors } from "./errors.mjs";
import { fitRows } from "./rows.mjs";
import { listenToSearch } from "./search.mjs";

const search = document.getElementById("frame-q");
const apple = /Mac|iPhone|iPad/.test(navigator.platform);

function isTyping(element) {
  return element instanceof Element && element.closest("input, textarea, select, [contenteditable]") !== null;
}

function isSearchKey(event) {
  if (event.key.toLowerCase() === "k" && (apple ? event.metaKey : event.ctrlKey)) return true;
  const single = document.documentElement.dataset.singleKeys !== "off";
  return single && event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
}

if (search) {
  listenToSearch(search, document.getElementById("frame-hits"));
  const keys = document.querySelector("[data-search-keys]");
  if (keys && !apple) keys.textContent = "Ctrl K";
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog:modal") || !isSearchKey(event)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
}

// What opens over the page closes with Escape (focus returns to its word) and by a press elsewhere.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.pop[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.pop[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

fitRows(document);
focusErrors(document);
keepDrafts(document);
openDrawers();
watchFilters(document);
