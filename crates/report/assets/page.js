"use strict";
// Tables are sorted by their heads; without this script they stand in the order of the file.
const value = cell => {
  const number = cell.dataset.v ?? cell.textContent.trim();
  return number !== "" && !Number.isNaN(Number(number)) ? Number(number) : cell.textContent.trim();
};
const sort = (table, column, down) => {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row, place) => [value(row.cells[column]), place, row]);
  const words = of => typeof of === "string";
  rows.sort(([a, i], [b, j]) => {
    // What is no number stands at the end, whichever way the numbers are sorted.
    if (words(a) !== words(b)) return words(a) ? 1 : -1;
    const order = words(a) ? a.localeCompare(b) : a - b;
    return (down ? -order : order) || i - j;
  });
  body.append(...rows.map(([, , row]) => row));
};
for (const table of document.querySelectorAll("table")) {
  if (!table.tBodies.length || table.tBodies[0].rows.length < 2) continue;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.ariaSort ? head.ariaSort === "ascending" : head.classList.contains("n");
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(table, column, down);
    });
  });
}
// What a link points to may lie in a fold.
const unfold = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();
