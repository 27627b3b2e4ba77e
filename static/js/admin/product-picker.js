// <product-picker data-source="…">: "/" on an empty line, or Ctrl+K, finds a product for the text. Arrows choose, Enter
// puts its card in, Esc goes back and leaves the slash. What is found is lifted from the ordinary page of products.
import { announce, parse } from "../swap.js";

customElements.define(
  "product-picker",
  class extends HTMLElement {
    connectedCallback() {
      this.text = document.querySelector("post-editor textarea[name=body]");
      this.dialog = this.querySelector("dialog");
      this.input = this.querySelector("input");
      this.list = this.querySelector("[role=listbox]");
      this.text.addEventListener("keydown", (event) => this.typed(event));
      this.input.addEventListener("input", () => this.ask());
      this.input.addEventListener("keydown", (event) => this.press(event));
      this.list.addEventListener("click", (event) => this.put(event.target.closest("[data-slug]")));
      this.dialog.addEventListener("close", () => this.text.focus());
    }

    typed(event) {
      const control = event.ctrlKey || event.metaKey;
      const { value, selectionStart: at, selectionEnd: end } = this.text;
      const empty = at === end && (at === 0 || value[at - 1] === "\n") && (at === value.length || value[at] === "\n");
      if (event.key === "/" && empty && !control && !event.isComposing) {
        event.preventDefault();
        this.text.setRangeText("/", at, at, "end");
        this.changed();
        this.open(at);
      } else if (control && event.key.toLowerCase() === "k") {
        event.preventDefault();
        this.open(at);
      }
    }

    open(at) {
      this.at = at;
      this.end = this.text.selectionEnd;
      this.input.value = "";
      this.show([]);
      this.dialog.showModal();
      this.input.focus();
    }

    ask() {
      clearTimeout(this.soon);
      this.asked?.abort();
      if (!this.input.value.trim()) return this.show([]);
      this.soon = setTimeout(async () => {
        this.asked = new AbortController();
        const url = new URL(this.dataset.source, location.href);
        url.searchParams.set("q", this.input.value);
        try {
          const page = await parse(await fetch(url, { signal: this.asked.signal }));
          this.show([...page.querySelectorAll("#found > li")]);
          announce(page.querySelector("[data-announce]")?.textContent);
        } catch {
          // typed on, or no network: what was found stays
        }
      }, 120);
    }

    show(found) {
      found.forEach((one, index) => {
        one.id = `picker-${index}`;
        if (one.dataset.slug) one.role = "option";
        else one.role = "presentation";
      });
      this.list.replaceChildren(...found);
      this.options = found.filter((one) => one.dataset.slug);
      this.input.setAttribute("aria-expanded", this.options.length > 0);
      this.choose(0);
    }

    choose(index) {
      this.chosen = index;
      this.options.forEach((one, at) => (one.ariaSelected = String(at === index)));
      const one = this.options[index];
      if (one) this.input.setAttribute("aria-activedescendant", one.id);
      else this.input.removeAttribute("aria-activedescendant");
      one?.scrollIntoView({ block: "nearest" });
    }

    press(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const many = this.options.length;
      if (step && many) {
        event.preventDefault();
        this.choose((this.chosen + step + many) % many);
      } else if (event.key === "Enter") {
        event.preventDefault();
        this.put(this.options[this.chosen]);
      } else if (event.key === "Escape") {
        event.preventDefault(); // a field of this kind would be emptied first
        this.dialog.close();
      }
    }

    put(one) {
      if (!one) return;
      this.dialog.close();
      const { value } = this.text;
      const before = value.slice(0, this.at), after = value.slice(this.end);
      const lead = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
      const tail = after.startsWith("\n\n") || (after === "\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
      this.text.setRangeText(`${lead}::product[${one.dataset.slug}]${tail}`, this.at, this.end, "end");
      this.changed();
    }

    changed() {
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    }
  },
);
