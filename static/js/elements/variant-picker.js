// <variant-picker data-swap="id id">: around the radios of variants. Choosing one shows the page of
// that variant (?variant=sku) in place: price, stock and picture come from the shop, never from here.
import { visit } from "../swap.js";

customElements.define(
  "variant-picker",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", ({ target }) => target.type === "radio" && this.show(target.value));
      const chosen = this.querySelector("[type=radio]:checked");
      if (chosen && !chosen.defaultChecked) this.show(chosen.value); // before this script was there
    }

    show(sku) {
      const url = new URL(location.href);
      url.searchParams.set("variant", sku);
      url.hash = "";
      visit(url.href, this.dataset.swap.split(/\s+/), { history: "replace" });
    }
  },
);
