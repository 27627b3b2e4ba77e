// <country-choice>: a select beside a button that asks for the fields of another country. Choosing presses the button.
customElements.define(
  "country-choice",
  class extends HTMLElement {
    connectedCallback() {
      const button = this.querySelector("button");
      if (!button || button.hidden) return;
      button.hidden = true;
      this.addEventListener("change", () => {
        button.hidden = false; // a hidden button may not submit
        button.click();
      });
    }
  },
);
