// Forms with data-draft (its value: who writes) keep what is typed in this browser, by the address they are sent to,
// and offer it back: a session that ends after half an hour must not cost a page of text. Passwords, files and
// fields marked data-private are never kept. A draft goes when its form was accepted, when the reader signs out, or
// after a week.
const PREFIX = "draft:";
const SENT = "draft-sent";
const WEEK = 7 * 24 * 3600 * 1000;
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "image", "reset"]);

export function keepDrafts(root) {
  if (root === document) housekeeping();
  for (const form of root.querySelectorAll("form[data-draft]")) watch(form);
}

// Forgets that a form was sent: its draft is kept.
export function wasNotAccepted() {
  sessionStorage.removeItem(SENT);
}

function housekeeping() {
  for (const key of draftKeys()) {
    const draft = read(key);
    if (!draft || Date.now() - draft.at > WEEK) localStorage.removeItem(key);
  }
  const sent = sessionStorage.getItem(SENT);
  const refused = [...document.querySelectorAll("form[data-draft]")].some((form) => keyOf(form) === sent);
  // On a sign-in or error page the form was not accepted: the draft waits.
  const stopped = document.querySelector("[data-bare]") !== null;
  if (sent && !refused && !stopped) localStorage.removeItem(sent);
  wasNotAccepted();
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) draftKeys().forEach((key) => localStorage.removeItem(key));
  });
}

function watch(form) {
  const key = keyOf(form);
  const draft = read(key);
  const returned = form.querySelector(".errors") !== null; // refused a moment ago: the text is in its fields
  if (draft && !returned && differs(form, draft.values)) offer(form, key, draft);
  form.addEventListener("input", () => write(key, { at: Date.now(), values: valuesOf(form) }));
  form.addEventListener("submit", () => sessionStorage.setItem(SENT, key));
}

function keyOf(form) {
  const address = new URL(form.getAttribute("action") || location.href, location.href);
  return `${PREFIX}${form.dataset.draft}:${address.pathname}`;
}

function draftKeys() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full store loses drafts, not work: the form itself is unaffected.
  }
}

function keptFields(form) {
  return [...form.elements].filter((field) => field.name && !NEVER.has(field.type) && !("private" in field.dataset));
}

function isTick(field) {
  return field.type === "checkbox" || field.type === "radio";
}

function valuesOf(form) {
  const values = {};
  for (const field of keptFields(form)) {
    values[field.name] ??= [];
    if (isTick(field) ? field.checked : true) {
      if (field.selectedOptions) values[field.name].push(...[...field.selectedOptions].map((option) => option.value));
      else values[field.name].push(field.value);
    }
  }
  return values;
}

function differs(form, values) {
  return JSON.stringify(valuesOf(form)) !== JSON.stringify(values);
}

function restore(form, values) {
  const used = {}; // fields of the same name take their values in turn
  for (const field of keptFields(form)) {
    const kept = values[field.name];
    if (!kept) continue;
    if (isTick(field)) field.checked = kept.includes(field.value);
    else if (field.options) for (const option of field.options) option.selected = kept.includes(option.value);
    else field.value = kept[(used[field.name] = (used[field.name] ?? -1) + 1)] ?? "";
  }
}

function offer(form, key, draft) {
  const note = document.createElement("div");
  note.className = "note-box draft-note";
  note.setAttribute("role", "status");
  const text = document.createElement("span");
  const at = new Date(draft.at);
  text.textContent = `${form.dataset.draftFound} ${at.toLocaleString(document.documentElement.lang)}`;
  note.append(
    text,
    button(form.dataset.draftRestore, () => restore(form, draft.values)),
    button(form.dataset.draftDiscard, () => localStorage.removeItem(key)),
  );
  form.prepend(note);

  function button(label, act) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "btn btn--s";
    element.textContent = label;
    element.addEventListener("click", () => {
      act();
      note.remove();
      keptFields(form)[0]?.focus();
    });
    return element;
  }
}
