// A ledger that scrolls ends at a whole row: the 合计 row, which stays in view, never cuts the row above it.
export function fitRows(root) {
  const boxes = [...root.querySelectorAll(".ledger-box--tall")];
  const fitAll = () => boxes.forEach(fit);
  fitAll();
  addEventListener("resize", fitAll);
}

function fit(box) {
  box.style.maxBlockSize = "";
  const foot = box.querySelector("tfoot tr");
  if (!foot || box.scrollHeight <= box.clientHeight) return;
  const top = box.getBoundingClientRect().top + box.clientTop - box.scrollTop;
  const room = box.clientHeight - foot.offsetHeight;
  const ends = [...box.querySelectorAll("tbody tr")].map((row) => row.getBoundingClientRect().bottom - top);
  const last = ends.filter((end) => end <= room).at(-1);
  const edges = box.offsetHeight - box.clientHeight;
  if (last) box.style.maxBlockSize = `${last + foot.offsetHeight + edges}px`;
}
