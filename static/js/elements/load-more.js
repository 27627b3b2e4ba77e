// <load-more data-list="id" data-upto="n">: the rel=next link adds the next page's rows to the list,
// and ?upto=n lets Back bring the whole list again.
import { announce, parse } from "../swap.js";

customElements.define(
  "load-more",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", this);
    }

    async handleEvent(event) {
      const link = event.target.closest("a[rel=next]");
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      const list = document.getElementById(this.dataset.list);
      if (this.ariaBusy === "true") return;
      this.ariaBusy = "true";
      try {
        const response = await fetch(link.href);
        if (!response.ok) throw new Error(response.status);
        const page = await parse(response);
        const rows = [...page.getElementById(this.dataset.list).children];
        const pager = page.querySelector(`load-more[data-list="${this.dataset.list}"]`);
        list.append(...rows);
        rows[0]?.querySelector("a")?.focus({ preventScroll: true });
        const words = pager?.querySelector("[data-announce]")?.textContent;
        const upto = pager?.dataset.upto;
        if (upto) {
          const here = new URL(location.href);
          here.searchParams.set("upto", upto);
          history.replaceState(history.state, "", here);
        }
        pager?.querySelector(".pager__start")?.remove(); // the start is still on this page
        pager ? this.replaceWith(pager) : this.remove();
        announce(words);
      } catch {
        location.assign(link.href);
      }
    }
  },
);
