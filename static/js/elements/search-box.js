// <search-box data-suggest="/search/suggest">: a plain search form; this adds suggestions under it,
// lifted from the ordinary suggestion page. Arrows choose, Enter follows, Esc closes. Fetched on first focus.
import { announce, parse } from "../swap.js";

const narrow = matchMedia("(width < 40rem)");

customElements.define(
  "search-box",
  class extends HTMLElement {
    connectedCallback() {
      this.input = this.querySelector("input[name=q]");
      if (!this.dataset.suggest || !this.input || this.list) return;
      this.list = Object.assign(document.createElement("ul"), { className: "suggestions search__list", id: `${this.input.id}-list`, hidden: true });
      this.list.role = "listbox";
      this.list.ariaLabel = this.querySelector("label").textContent;
      this.append(this.list);
      const given = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
      for (const name in given) this.input.setAttribute(name, given[name]);
      this.input.addEventListener("input", () => this.ask());
      this.input.addEventListener("keydown", (event) => this.press(event));
      this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || this.close());
      this.active = -1;
      if (this.input.value && document.activeElement === this.input && !this.input.defaultValue) this.ask(); // typed while this file came
      this.list.addEventListener("click", (event) => location.assign(event.target.closest("li").dataset.href));
      this.list.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus in the field
    }

    ask() {
      clearTimeout(this.soon);
      this.asked?.abort();
      const words = this.input.value.trim();
      if (words.length < 2) return this.close();
      this.soon = setTimeout(async () => {
        this.asked = new AbortController();
        const url = new URL(this.dataset.suggest, location.href);
        url.searchParams.set("q", words);
        try {
          const response = await fetch(url, { signal: this.asked.signal });
          if (response.ok) this.show(await parse(response));
        } catch (error) {
          if (error.name !== "AbortError") this.close(); // the form still searches; a newer question goes on
        }
      }, 120);
    }

    show(page) {
      const found = [...page.querySelectorAll("#suggestions > li")].slice(0, narrow.matches ? 6 : 8);
      found.forEach((option, index) => {
        option.id = `${this.list.id}-${index}`;
        option.role = "option";
        option.ariaSelected = "false";
        const link = option.querySelector("a"); // an option may hold no link: its words stay, its address moves
        option.dataset.href = link.href;
        const words = Object.assign(document.createElement("span"), { className: link.className });
        words.append(...link.childNodes);
        link.replaceWith(words);
      });
      this.list.replaceChildren(...found);
      announce(page.querySelector("[data-announce]")?.textContent);
      this.active = -1;
      this.open(found.length > 0 && document.activeElement === this.input);
    }

    open(yes) {
      this.list.hidden = !yes;
      this.input.setAttribute("aria-expanded", yes);
      this.input.removeAttribute("aria-activedescendant");
    }

    close() {
      clearTimeout(this.soon);
      this.asked?.abort();
      this.open(false);
    }

    press(event) {
      const options = [...this.list.children];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape" && !this.list.hidden) {
        event.preventDefault();
        this.close();
      } else if (step && options.length) {
        event.preventDefault();
        if (this.list.hidden) this.open(true);
        this.active = (this.active + step + (step < 0 && this.active < 0) + options.length) % options.length;
        options.forEach((option, index) => (option.ariaSelected = String(index === this.active)));
        this.input.setAttribute("aria-activedescendant", options[this.active].id);
        options[this.active].scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter" && !this.list.hidden && options[this.active]) {
        event.preventDefault();
        location.assign(options[this.active].dataset.href);
      }
    }
  },
);
