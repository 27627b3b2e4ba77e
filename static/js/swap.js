// form[data-swap="id id"], a[data-swap="id id"]: fetch what the browser would have fetched, lift
// those ids out of the whole page that answers. What goes wrong becomes an ordinary navigation.
// data-history="replace" keeps a change out of the Back button's way.

const waiting = new Map(); // swap ids -> AbortController of a GET under way
const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary";
const sending = new WeakSet(); // forms whose POST is under way

export const announce = (words) => {
  const region = document.getElementById("announcer");
  if (!region || !words) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = words), 60);
};

export const parse = async (response) =>
  new DOMParser().parseFromString(await response.text(), "text/html");

export async function visit(url, ids, { method = "GET", body, history = "push", retry } = {}) {
  const get = method === "GET";
  const regions = ids.map((id) => document.getElementById(id)).filter(Boolean);
  const controller = new AbortController();
  const key = ids.join(" ");
  if (get) {
    waiting.get(key)?.abort();
    waiting.set(key, controller);
  }
  const fallback = retry ?? (() => location.assign(url));
  regions.forEach((region) => region.setAttribute("aria-busy", "true"));
  const late = setTimeout(() => stillWorking(regions[0], () => (controller.abort(), fallback())), 8000);
  try {
    const response = await fetch(url, { method, body, signal: controller.signal });
    const html = response.headers.get("Content-Type")?.startsWith("text/html");
    const failed = response.status >= 500;
    if (!html || (get && failed)) return fallback();
    const page = await parse(response);
    if (get && waiting.get(key) !== controller) return;
    if (failed || !ids.some((id) => page.getElementById(id))) {
      if (get || response.redirected) return location.assign(get ? url : response.url);
      ids = ["main"]; // it was sent: show what was answered rather than send again
    }
    show(page, ids);
    if (get && history !== "none") remember(response.url, ids, history);
  } catch (error) {
    if (error.name !== "AbortError") fallback();
  } finally {
    clearTimeout(late);
    if (waiting.get(key) !== controller && get) return; // a newer one owns the regions
    waiting.delete(key);
    document.querySelectorAll(".still").forEach((note) => note.remove());
    ids.forEach((id) => document.getElementById(id)?.removeAttribute("aria-busy"));
  }
}

function show(page, ids) {
  const words = page.querySelector("[data-announce]")?.textContent.trim(); // before nodes move
  const focused = document.activeElement;
  const held = focused?.id;
  const around = ids.find((id) => document.getElementById(id)?.contains(focused));
  const within = () => [...(document.getElementById(around)?.querySelectorAll(FOCUSABLE) ?? [])];
  const place = within().indexOf(focused);
  document.title = page.title;
  for (const id of ids) {
    const fresh = page.getElementById(id);
    const old = document.getElementById(id);
    if (fresh && old) old.replaceWith(fresh);
  }
  const lost = !focused?.isConnected;
  const wrong = ids.map((id) => document.querySelector(`#${CSS.escape(id)} [data-focus]`)).find(Boolean);
  const neighbour = lost && within()[place]; // what now stands where the focus was
  const again = lost && ((held && document.getElementById(held)) || (neighbour?.tagName === focused.tagName && neighbour));
  if (wrong) wrong.focus();
  else if (again) again.focus({ preventScroll: true });
  if (lost && !wrong && document.activeElement !== again) {
    const region = document.getElementById(around ?? ids[0]);
    region?.setAttribute("tabindex", "-1");
    region?.focus({ preventScroll: true });
  }
  announce(words);
  document.dispatchEvent(new CustomEvent("swap"));
}

function remember(url, ids, how) {
  if (how === "push" && url !== location.href) {
    history.replaceState({ ...history.state, swap: ids }, "");
    history.pushState({ swap: ids }, "", url);
  } else history.replaceState({ ...history.state, swap: ids }, "", url);
}

function stillWorking(region, again) {
  const note = document.getElementById("still-working")?.content.firstElementChild.cloneNode(true);
  if (!note || !region) return;
  note.querySelector("button").addEventListener("click", again);
  region.before(note);
}

const idsOf = (...elements) => elements.find((e) => e?.dataset?.swap)?.dataset.swap.split(/\s+/);

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const ids = idsOf(submitter, form);
  if (event.defaultPrevented || !ids) return;
  // By attribute: the property defaults to the address of this page.
  const asked = (name, otherwise) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? otherwise;
  const method = asked("method", "get").toUpperCase();
  if (method === "DIALOG") return;
  const url = new URL(asked("action", location.href), location.href);
  const fields = new FormData(form, submitter);
  event.preventDefault();
  const options = { method, history: form.dataset.history };
  if (method === "GET") url.search = new URLSearchParams([...fields].filter(([, value]) => value !== ""));
  else {
    if (sending.has(form)) return;
    sending.add(form);
    options.body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
    options.retry = () => sendPlainly(form, submitter);
  }
  visit(url.href, ids, options).finally(() => sending.delete(form));
});

// The browser's own way, with the button that was pressed; no submit event, so no swap.
function sendPlainly(form, submitter) {
  if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
  const action = submitter?.getAttribute("formaction");
  if (action) form.action = action;
  HTMLFormElement.prototype.submit.call(form);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-swap]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  visit(link.href, idsOf(link), { history: link.dataset.history });
});

addEventListener("popstate", (event) => {
  if (event.state?.swap) visit(location.href, event.state.swap, { history: "none" });
});
