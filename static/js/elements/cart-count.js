// <cart-count hidden>: how many are in the cart, from an integer cookie; pages stay the same for everyone.
customElements.define(
  "cart-count",
  class extends HTMLElement {
    connectedCallback() {
      this.show = () => {
        const count = Number(/(?:^|; )cart_count=(\d+)/.exec(document.cookie)?.[1] ?? 0);
        this.textContent = count || "";
        this.hidden = !count;
      };
      this.show();
      addEventListener("pageshow", this.show); // a page kept by the Back button may be behind
      document.addEventListener("swap", this.show);
    }

    disconnectedCallback() {
      removeEventListener("pageshow", this.show);
      document.removeEventListener("swap", this.show);
    }
  },
);
