// A filter chosen with the pointer acts at once. With the keyboard it waits for the button: arrow keys change a
// closed select on every press, and a page that reloads under the fingers cannot be used.
export function watchFilters(root) {
  for (const form of root.querySelectorAll("form[data-autosubmit]")) {
    let byPointer = false;
    form.addEventListener("pointerdown", () => { byPointer = true; });
    form.addEventListener("keydown", () => { byPointer = false; });
    form.addEventListener("change", (event) => {
      if (byPointer && event.target instanceof HTMLSelectElement) form.requestSubmit();
    });
  }
}
