// form[data-guard]: asks before a page is left with something written and not sent. data-guard="unsaved":
// what stands there was not kept yet (it came back with an error).
const written = (form) => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value.name ?? value])).toString();
const kept = new WeakMap();
const sent = new WeakSet();

function watch() {
  for (const form of document.querySelectorAll("form[data-guard]"))
    if (!kept.has(form)) kept.set(form, form.dataset.guard === "unsaved" ? null : written(form));
}
watch();
document.addEventListener("swap", watch);
document.addEventListener("submit", (event) => sent.add(event.target));
addEventListener("pageshow", () => document.querySelectorAll("form[data-guard]").forEach((form) => sent.delete(form)));
addEventListener("beforeunload", (event) => {
  const guarded = [...document.querySelectorAll("form[data-guard]")];
  if (guarded.some((form) => sent.has(form))) return;
  if (guarded.some((form) => kept.get(form) !== written(form))) event.preventDefault();
});
