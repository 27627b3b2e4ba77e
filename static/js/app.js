// Everything script adds to pages for visitors. Pages work without it; each part is fetched where there is use for it.
const load = (name) => import(`./elements/${name}.js`);

function wanted() {
  if (document.querySelector("[data-swap]")) import("./swap.js");
  for (const name of ["variant-picker", "qty-stepper", "load-more", "country-choice", "pass-key"]) if (document.querySelector(name)) load(name);
  if (document.querySelector("[data-reads]")) import("./reads.js");
  if (document.cookie.includes("cart_count=")) load("cart-count");
}

wanted();
document.addEventListener("swap", wanted);
addEventListener("pageshow", (event) => event.persisted && wanted());
document.addEventListener("focusin", (event) => event.target.closest("search-box") && load("search-box"));

// The plate that was followed travels to its page, and home again (vt.css draws it).
function travel(transition, url) {
  if (!transition || !url) return;
  for (const part of ["ready", "finished", "updateCallbackDone"]) transition[part].catch(() => {}); // skipped is no error
  const path = new URL(url).pathname;
  if (!path.startsWith("/products/")) return;
  const plate = document.querySelector(`.card a[href^="${CSS.escape(path)}"]`)?.closest(".card").querySelector(".plate");
  plate?.classList.add("plate--shared");
  transition.finished.catch(() => {}).finally(() => plate?.classList.remove("plate--shared"));
}
addEventListener("pageswap", (event) => travel(event.viewTransition, event.activation?.entry.url));
addEventListener("pagereveal", (event) => travel(event.viewTransition, window.navigation?.activation?.from?.url));

// "Back to …": to the very entry of the history one came from, with its place on the page, where there is one.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.back__link");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const before = window.navigation?.entries().slice(0, navigation.currentEntry.index) ?? [];
  const entry = before.findLast(({ url }) => new URL(url).pathname === link.pathname);
  if (!entry) return;
  event.preventDefault();
  navigation.traverseTo(entry.key);
});
