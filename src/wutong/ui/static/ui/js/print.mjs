// Buttons with data-print print the page. Without scripts they stay hidden: the browser's own command does the same.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
