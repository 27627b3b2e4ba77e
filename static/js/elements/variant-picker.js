// <variant-picker data-swap="id id">: around the radios of variants. Choosing one shows the page of
// that variant (?variant=sku) in place: price, stock and picture come from the shop, never from here.
import { visit } from "../swap.js";

customElements.define(
  "variant-picker",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", this);
    }

    handleEvent(event) {
      if (event.target.type !== "radio") return;
      const url = new URL(location.href);
      url.searchParams.set("variant", event.target.value);
      url.hash = "";
      visit(url.href, this.dataset.swap.split(/\s+/), { history: "replace" });
    }
  },
);
