// <stock-grid>: around the form of the stock list. Enter saves a row and goes on to the next, Esc empties it, a column that is
// pasted fills the rows below, Ctrl+Z in an empty row undoes the last change. The form works without it: what is lifted into
// the page comes out of the same whole pages.
import { announce, parse } from "../swap.js";

const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

customElements.define(
  "stock-grid",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.saving = Promise.resolve();
      this.addEventListener("keydown", (event) => this.press(event));
      this.addEventListener("paste", (event) => this.paste(event));
      this.form.addEventListener("submit", () => (this.leaving = true));
      addEventListener("pageshow", () => (this.leaving = false));
      addEventListener("beforeunload", (event) => !this.leaving && this.entries().some((one) => one.value.trim()) && event.preventDefault());
    }

    entries() {
      return [...this.querySelectorAll("[name^=change-]")];
    }

    press(event) {
      const { target, key } = event;
      const row = target.closest(".grid__row");
      if (!row || event.isComposing || target.type === "checkbox" || target.tagName === "A") return;
      const command = event.ctrlKey || event.metaKey;
      if (command && key === "z" && target.value === "") return this.undo(event);
      if (command && key === "Enter") return event.preventDefault(), this.form.requestSubmit();
      if (command || event.altKey || event.shiftKey) return;
      if (key === "Escape") return this.empty(row, event);
      if (!STEPS[key] || (key !== "Enter" && target.tagName === "SELECT")) return;
      event.preventDefault();
      if (key === "Enter") this.save(row);
      const all = this.entries();
      all[all.findIndex((one) => row.contains(one)) + STEPS[key]]?.focus();
    }

    empty(row, event) {
      const entry = row.querySelector("[name^=change-]");
      if (!entry.value) return;
      event.preventDefault();
      entry.value = "";
      entry.removeAttribute("aria-invalid");
      row.classList.remove("grid__row--wrong");
      row.querySelector(".grid__problem")?.remove();
    }

    undo(event) {
      const toast = document.querySelector("#flashes .toast__form");
      if (!toast) return;
      event.preventDefault();
      this.leaving = true;
      toast.requestSubmit();
    }

    paste(event) {
      const all = this.entries(), at = all.indexOf(event.target);
      const lines = event.clipboardData.getData("text").replace(/[\r\n]+$/, "").split(/\r\n|\r|\n/);
      if (at < 0 || lines.length < 2) return;
      event.preventDefault();
      const filled = lines.slice(0, all.length - at).map((line) => line.split("\t")[0].trim());
      filled.forEach((line, n) => (all[at + n].value = /^\d+$/.test(line) ? `=${line}` : line)); // bare figures of a sheet are totals
      all[at + filled.length - 1].focus();
      announce(this.dataset.pasted.replace("#", filled.length));
    }

    // One after the other: what a row sees is what the one before it left.
    save(row) {
      const entry = row.querySelector("[name^=change-]");
      if (!entry.value.trim() || row.ariaBusy === "true") return;
      const id = row.id.slice(4);
      const fields = [...new FormData(this.form)].filter(([name]) => !/^(change|seen|lot)-/.test(name) || name.endsWith(`-${id}`));
      row.ariaBusy = "true";
      entry.readOnly = true;
      this.saving = this.saving.then(() => this.send(row, new URLSearchParams([...fields, ["alone", "1"]])));
    }

    async send(row, body) {
      let answer, page;
      try {
        answer = await fetch(this.form.action, { method: "POST", body });
        page = await parse(answer);
      } catch {
        row.ariaBusy = "false";
        row.querySelector("[name^=change-]").readOnly = false;
        return this.problem(row, this.dataset.failed);
      }
      const fresh = page.getElementById(row.id);
      if (!fresh) return this.sendPlainly(row); // signed out meanwhile: the answer keeps what was sent
      const focused = row.contains(document.activeElement) && document.activeElement.name;
      row.replaceWith(fresh);
      if (focused) fresh.querySelector(`[name="${focused}"]`)?.focus();
      if (answer.ok) document.getElementById("flashes").replaceWith(page.getElementById("flashes"));
      announce((fresh.querySelector(".grid__problem") ?? document.querySelector("#flashes [data-announce]"))?.textContent);
      document.dispatchEvent(new CustomEvent("swap"));
    }

    sendPlainly(row) {
      this.leaving = true;
      row.querySelector("[name^=change-]").readOnly = false;
      HTMLFormElement.prototype.submit.call(this.form);
    }

    problem(row, words) {
      row.classList.add("grid__row--wrong");
      row.querySelector(".grid__problem")?.remove();
      row.querySelector(".grid__change").append(Object.assign(document.createElement("span"), { className: "grid__problem", textContent: words }));
      announce(words);
    }
  },
);
