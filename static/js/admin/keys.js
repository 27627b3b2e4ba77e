// Single keys: g and a letter lead to a section, / to the search, j k x Enter go through a list, ? shows
// them all; a button or link with data-key is pressed by that key. Never while one writes in a field.
const WRITES = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
let leading = 0; // until when a letter after g counts

const rows = () => [...document.querySelectorAll(".table--list tbody tr")].filter((row) => row.querySelector("a[href]"));
const here = () => rows().findIndex((row) => row.contains(document.activeElement));

function step(by) {
  const all = rows();
  const row = all[Math.min(Math.max(here() + by, 0), all.length - 1)];
  row?.querySelector("th a[href], a[href]").focus();
  row?.scrollIntoView({ block: "nearest" });
}

function press(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
}

function act(key) {
  if (Date.now() < leading) return (leading = 0), press(`a[data-jump="${CSS.escape(key)}"]`);
  if (key === "g") return (leading = Date.now() + 1500), true;
  if (key === "/") return document.querySelector("main [type=search]")?.focus(), true;
  if (key === "?") return document.getElementById("keys").showModal(), true;
  if (rows().length && "jk".includes(key)) return step(key === "j" ? 1 : -1), true;
  if (key === "x" && here() >= 0) return rows()[here()].querySelector("[name=pick]")?.click(), true;
  return press(`main [data-key="${CSS.escape(key)}"]:not(:disabled)`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.key.length !== 1) return;
  if (event.target.closest?.(WRITES) || document.querySelector("dialog:modal")) return;
  if (act(event.key)) event.preventDefault();
});
