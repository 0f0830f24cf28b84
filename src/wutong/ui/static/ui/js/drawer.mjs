// Links with data-drawer open their page's form in a native dialog, so that the row stays in view.
// The server answers the same address with the drawer alone (header HX-Request). Anything unexpected, such as a
// sign-in page after a time-out, is opened as a page.
import { keepDrafts, wasNotAccepted } from "./drafts.mjs";
import { focusErrors } from "./errors.mjs";

const FIRST = ".draft-note button, .body :is(input, select, textarea):not([type=hidden])";
const HEADERS = { "HX-Request": "true" };

export function openDrawers() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-drawer]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });
}

async function open(link) {
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  try {
    const page = await fetchPage(link.href);
    if (!page) return;
    const drawer = page.querySelector("dialog.drawer");
    if (drawer) show(document.adoptNode(drawer), link);
    else location.assign(link.href);
  } catch {
    location.assign(link.href);
  } finally {
    link.ariaBusy = null;
  }
}

// The answer as a document; null when the browser is already on its way to another page.
async function fetchPage(address, options = {}) {
  const response = await fetch(address, { ...options, headers: HEADERS, credentials: "same-origin" });
  const next = response.headers.get("HX-Redirect");
  if (next || response.redirected) {
    location.assign(next || response.url);
    return null;
  }
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function show(drawer, opener) {
  document.body.append(drawer);
  drawer.addEventListener("close", () => {
    drawer.remove();
    opener.focus();
  });
  drawer.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drawer-close]")) return;
    event.preventDefault();
    drawer.close();
  });
  fill(drawer, opener.href);
  drawer.showModal();
  drawer.querySelector(FIRST)?.focus();
}

function fill(drawer, address) {
  const form = drawer.querySelector("form:not([method=dialog])");
  if (!form) return;
  // Without an action a form is sent to the page it stands on, which is not the page it came from.
  if (!form.hasAttribute("action")) form.action = address;
  keepDrafts(drawer);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(drawer, form, event.submitter);
  });
}

async function send(drawer, form, button) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  let page;
  try {
    page = await fetchPage(form.action, { method: "POST", body: data });
  } catch {
    form.ariaBusy = null;
    wasNotAccepted();
    note(form, form.dataset.notSent);
    return;
  }
  if (!page) return;
  wasNotAccepted();
  const answer = page.querySelector("dialog.drawer");
  if (answer) {
    drawer.replaceChildren(...answer.childNodes);
    fill(drawer, form.action);
    focusErrors(drawer);
  } else {
    // A refusal that is a page of its own (no right, changed by somebody else) is read in the drawer.
    drawer.querySelector(".body").replaceChildren(...(page.querySelector("main") ?? page.body).childNodes);
    drawer.querySelector(".drawer-foot")?.remove();
  }
}

function note(form, text) {
  form.querySelector(".not-sent")?.remove();
  const box = document.createElement("p");
  box.className = "note-box note-box--bad not-sent";
  box.setAttribute("role", "alert");
  box.textContent = text;
  form.prepend(box);
}
