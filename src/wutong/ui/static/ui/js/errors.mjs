// After a refused form the reader stands at the summary of what is missing.
export function focusErrors(root) {
  root.querySelector(".errors[tabindex]")?.focus();
}
