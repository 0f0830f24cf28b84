// The wall asks for itself again every five minutes, as long as nobody stands at it with keys or a pointer: then it waits
// until the hands have been still for a while. Without this module the page stays as it was opened.
const FIVE_MINUTES = 300_000, STILL = 60_000;
let touched = -Infinity;

for (const kind of ["keydown", "pointerdown", "wheel"]) {
  document.addEventListener(kind, () => (touched = performance.now()), { passive: true });
}
setTimeout(again, FIVE_MINUTES);

function again() {
  if (performance.now() - touched > STILL) location.reload();
  else setTimeout(again, STILL);
}
