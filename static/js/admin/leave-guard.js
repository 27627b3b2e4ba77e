// form[data-guard]: asks before a page is left with something written and not sent. data-guard="unsaved":
// what stands there was not kept yet (it came back with an error).
const written = (form) => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value.name ?? value])).toString();
// Words that were typed before this script came are in what it finds, but not in what the page came with.
const typed = (form) => [...form.elements].some((one) => one.name && /^(text|search|textarea)$/.test(one.type) && one.value !== one.defaultValue);
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
  if (guarded.some((form) => typed(form) || kept.get(form) !== written(form))) event.preventDefault();
});
