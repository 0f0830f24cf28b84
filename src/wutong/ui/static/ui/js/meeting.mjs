// The hall: keys change the item, Enter saves a decision, what could not be saved stays in its row. The agenda: rows are
// dragged. Without this module everything works by links and buttons.
const KEYS = { PageDown: "[data-next]", PageUp: "[data-previous]" };
const WITH_ALT = { ArrowRight: "[data-next]", ArrowLeft: "[data-previous]" };
const UNPROCESSABLE = new Set([403, 409, 422]);

const hall = document.querySelector(".hall");
if (hall) {
  document.addEventListener("keydown", turn);
  document.addEventListener("keydown", save);
  document.body.addEventListener("htmx:beforeSwap", keepRefusal);
  document.body.addEventListener("htmx:afterSettle", settle);
  document.body.addEventListener("htmx:sendError", notSent);
  document.body.addEventListener("htmx:responseError", notSent);
  firstField()?.focus({ preventScroll: true });
  document.querySelector(".agenda [aria-current]")?.scrollIntoView({ block: "nearest" });
}
for (const list of document.querySelectorAll("[data-drag-list]")) dragRows(list);

function firstField() {
  return document.querySelector(".is-new [aria-invalid=true]") ?? document.querySelector(".is-new textarea");
}

function turn(event) {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const target = plain ? KEYS[event.key] : event.altKey && !event.ctrlKey && !event.metaKey ? WITH_ALT[event.key] : "";
  const link = target && document.querySelector(target);
  if (!target) return;
  event.preventDefault(); // Alt and an arrow would leave the hall
  if (!link || (typed() && !window.confirm(document.querySelector("#decide").dataset.notSaved))) return;
  link.click();
}

function typed() {
  return [...document.querySelectorAll(".is-new textarea, .is-new input")].some((field) => field.value.trim());
}

// Enter in a field of the new row saves it; a character that is still being composed is not an Enter.
function save(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  const field = event.target instanceof Element && event.target.closest(".is-new :is(textarea, input, select)");
  if (!field) return;
  event.preventDefault();
  document.getElementById("decide").requestSubmit();
}

// A refusal is drawn in its row like an answer.
function keepRefusal(event) {
  if (!UNPROCESSABLE.has(event.detail.xhr.status) || event.detail.target?.id !== "decide-box") return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
}

function settle(event) {
  if (event.detail.target?.id === "decide-box" || event.detail.elt?.id === "decide-box") firstField()?.focus();
  const next = document.getElementById("decided")?.dataset.next;
  const cell = document.querySelector("[data-next-number]");
  if (next && cell) cell.textContent = next;
}

function notSent(event) {
  if (event.detail.elt?.id !== "decide") return;
  const form = event.detail.elt;
  const box = document.querySelector(".not-sent") ?? document.createElement("p");
  box.className = "note-box note-box--bad not-sent";
  box.setAttribute("role", "alert");
  box.textContent = form.dataset.notSent;
  form.after(box);
}

function dragRows(list) {
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });
  list.addEventListener("dragend", () => (dragged = null));
  list.addEventListener("drop", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const rows = [...list.children];
    const form = dragged.querySelector("form");
    form.elements.by.value = String(rows.indexOf(over) - rows.indexOf(dragged));
    form.submit();
  });
}
