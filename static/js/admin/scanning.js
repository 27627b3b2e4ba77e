// form[data-scan]: Enter moves on instead of sending; a code scanned into its first field finds the line
// [data-sku] and opens its first number. What is not on the page is asked of the shop.
const fields = (form) => [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button[type=submit]")].filter((one) => !one.name.match(/^(find|another)$/));

function open(line, form) {
  const first = line.querySelector("input:not([type=hidden], [type=checkbox])");
  const said = form.querySelector("[data-scan-said]");
  if (said) said.textContent = said.dataset.found + line.querySelector("legend").textContent.trim();
  line.scrollIntoView({ block: "center" });
  first.focus();
  first.select();
}

function found(form, code) {
  const wanted = code.trim().toUpperCase();
  return [...form.querySelectorAll("[data-sku]")].find((line) => wanted && line.dataset.sku.toUpperCase() === wanted);
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-scan]");
  if (event.key !== "Enter" || event.isComposing || !form || !event.target.matches("input, select")) return;
  event.preventDefault();
  if (event.target.name !== "scan") {
    const all = fields(form);
    const next = all[all.indexOf(event.target) + 1];
    next?.focus();
    return next?.select?.();
  }
  const line = found(form, event.target.value);
  if (!line) return form.requestSubmit(form.querySelector("button[name=find]"));
  event.target.value = "";
  open(line, form);
});
