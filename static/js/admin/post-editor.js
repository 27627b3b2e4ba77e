// <post-editor>: around an article's form. Saves by itself, shows the preview and the checks as one types, leads
// to lines, and guards against leaving. The form works without it: all of it comes out of the same whole pages.
import { announce, parse } from "../swap.js";

const KEEP = 3000, LOOK = 500; // ms without typing
const lift = (page, ids) => ids.forEach((id) => {
  const fresh = page.getElementById(id), old = document.getElementById(id);
  if (fresh && old && fresh.innerHTML !== old.innerHTML) old.replaceChildren(...fresh.childNodes);
});

customElements.define(
  "post-editor",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.text = this.form.elements.body;
      this.saved = document.getElementById("saved");
      this.kept = "unsaved" in this.dataset ? null : this.written();
      this.querySelectorAll(".editor__switch, .editor__keys").forEach((one) => (one.hidden = false));
      this.form.addEventListener("input", (event) => event.target.type !== "file" && this.typed());
      this.form.addEventListener("submit", (event) => this.leave(event));
      this.addEventListener("click", (event) => this.press(event));
      this.addEventListener("keydown", (event) => this.shortcut(event));
      addEventListener("beforeunload", (event) => this.leaving || this.written() === this.kept || event.preventDefault());
      addEventListener("pageshow", () => (this.leaving = false));
      addEventListener("hashchange", () => this.toLine(location.hash));
      this.toLine(location.hash);
      if (this.kept === null && !document.getElementById("clash")) this.typed();
      else if (matchMedia("(width >= 70rem)").matches && !document.querySelector("#preview fieldset")) this.look();
    }

    // Everything but what is only asked beside the text.
    fields() {
      const fields = new FormData(this.form);
      for (const name of ["picture", "picture_alt", "caption", "find", "after_line"]) fields.delete(name);
      return new URLSearchParams(fields);
    }

    written() {
      const fields = this.fields();
      fields.delete("seen");
      return fields.toString();
    }

    typed() {
      clearTimeout(this.soon);
      clearTimeout(this.later);
      this.soon = setTimeout(() => this.look(), LOOK);
      this.later = setTimeout(() => this.keep(), KEEP);
    }

    async look() {
      this.asked?.abort();
      this.asked = new AbortController();
      try {
        const url = this.querySelector("[data-preview]").dataset.preview;
        const answer = await fetch(url, { method: "POST", body: this.fields(), signal: this.asked.signal });
        if (answer.ok) lift(await parse(answer), ["preview", "checks"]);
      } catch {
        // a newer one is on its way, or the network is gone: saving says so
      }
    }

    async keep() {
      const written = this.written();
      if (written === this.kept || this.clashed || this.leaving) return;
      if (this.keeping) return this.typed();
      this.keeping = true;
      try {
        const body = this.fields();
        body.set("kind", "autosaved");
        const answer = await fetch(this.form.action, { method: "POST", body });
        const page = await parse(answer);
        if (!page.getElementById("saved")) throw new Error("not the editor");
        lift(page, ["saved"]);
        if (answer.ok) {
          this.kept = written;
          this.form.elements.seen.value = page.getElementById("seen").value;
        }
        this.clashed = answer.status === 409; // saving by hand shows both
      } catch {
        this.saved.textContent = this.saved.dataset.failed;
        this.later = setTimeout(() => this.keep(), KEEP * 5);
      } finally {
        this.keeping = false;
      }
    }

    leave(event) {
      this.leaving = true;
      const text = this.text.value.slice(0, this.text.selectionEnd);
      this.form.elements.after_line.value = this.moved ? text.split("\n").length : "";
      clearTimeout(this.later);
      if (!event.submitter?.dataset.preview) return;
      event.preventDefault(); // the preview comes by itself
      this.leaving = false;
      this.show("preview");
      this.look().then(() => document.getElementById("preview").focus());
    }

    press(event) {
      const line = event.target.closest("[data-line]")?.dataset.line;
      const shown = event.target.closest("[data-show]")?.dataset.show;
      if (line) {
        event.preventDefault();
        this.show("text");
        this.toLine(`#line-${line}`);
      }
      if (shown) this.show(shown);
    }

    show(what) {
      this.dataset.shows = what;
      this.querySelectorAll("[data-show]").forEach((one) => (one.ariaPressed = String(one.dataset.show === what)));
    }

    shortcut(event) {
      if (event.target === this.text) this.moved = true;
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.form.requestSubmit();
    }

    toLine(hash) {
      const line = Number(hash.match(/^#line-(\d+)$/)?.[1]);
      if (!line) return;
      const before = this.text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1);
      const end = this.text.value.indexOf("\n", before);
      this.text.focus();
      this.text.setSelectionRange(before, end < 0 ? this.text.value.length : end);
      this.text.scrollIntoView({ block: "nearest" });
      announce(this.text.value.split("\n")[line - 1]);
    }
  },
);
