// How many rows are picked, said beside what can be done with them; an Undo that goes after ten seconds
// (not while one is on it): the history of what was done keeps its own for good.
function count() {
  const said = document.querySelector("[data-picked]");
  if (!said) return;
  said.dataset.before ??= said.textContent;
  const picked = document.querySelectorAll("[name=pick]:checked").length;
  said.textContent = picked ? said.dataset.picked.replace("%(num)s", picked) : said.dataset.before;
}

let from = null; // the box that was picked last: with Shift all up to the next are
document.addEventListener("click", (event) => {
  const box = event.target;
  if (box.name !== "pick") return;
  const all = [...document.querySelectorAll("[name=pick]")];
  if (event.shiftKey && from?.isConnected) {
    const [low, high] = [all.indexOf(from), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(low, high + 1)) one.checked = box.checked;
  }
  from = box;
});
document.addEventListener("change", (event) => event.target.name === "pick" && count());

function fade(toast) {
  toast.dataset.fades = "";
  const timer = setInterval(() => {
    if (!toast.matches(":hover, :focus-within")) clearInterval(timer), toast.remove();
  }, 10_000);
}
const wanted = () => {
  document.querySelectorAll(".toast:not([data-fades])").forEach(fade);
  count();
};
wanted();
document.addEventListener("swap", wanted);
