// <qty-stepper data-less="Fewer" data-more="More">: a − and a + beside a number field that works without them.
customElements.define(
  "qty-stepper",
  class extends HTMLElement {
    connectedCallback() {
      this.input = this.querySelector("input");
      if (!this.input || this.less) return;
      this.less = this.button("−", this.dataset.less, -1);
      this.more = this.button("+", this.dataset.more, 1);
      this.input.before(this.less);
      this.input.after(this.more);
      this.input.addEventListener("input", () => this.limit());
      this.limit();
    }

    button(sign, label, by) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "qty__step";
      button.textContent = sign;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => {
        by > 0 ? this.input.stepUp() : this.input.stepDown();
        this.input.dispatchEvent(new Event("input", { bubbles: true }));
      });
      return button;
    }

    limit() {
      const { value, min, max } = this.input;
      this.less.setAttribute("aria-disabled", value !== "" && Number(value) <= Number(min));
      this.more.setAttribute("aria-disabled", max !== "" && Number(value) >= Number(max));
    }
  },
);
