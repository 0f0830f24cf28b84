// Hits below the search box while somebody types: arrow keys choose, Enter opens, Escape closes. htmx fetches them;
// without it the box is a form that leads to the result page.
export function listenToSearch(input, box) {
  let chosen = -1;
  const options = () => [...box.querySelectorAll("[role=option]")];

  function choose(index) {
    const all = options();
    chosen = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(isOpen) {
    box.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen && options().length > 0));
    if (!isOpen) choose(-1);
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length) return;
      event.preventDefault();
      show(true);
      const from = chosen < 0 && event.key === "ArrowUp" ? 0 : chosen;
      choose(from + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && chosen >= 0 && all[chosen]) {
      event.preventDefault();
      all[chosen].querySelector("a").click();
    } else if (event.key === "Escape" && !box.hidden) {
      event.stopPropagation();
      show(false);
    }
  });
  box.addEventListener("htmx:afterSwap", () => {
    chosen = -1;
    show(document.activeElement === input && box.children.length > 0);
  });
  input.addEventListener("focus", () => show(box.children.length > 0));
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target) && event.target !== input) show(false);
  });
}
