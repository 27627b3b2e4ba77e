/* <pass-key data-options='{…}'>: asks the browser for a passkey and sends its answer with the form around it.
   Without script, or where the browser knows no passkeys, the page's own words say what else works. */
customElements.define("pass-key", class extends HTMLElement {
  connectedCallback() {
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
    this.querySelector("button").hidden = false;
    this.querySelector("[data-without]").hidden = true;
    this.closest("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(event.target);
    });
  }

  async ask(form) {
    const failed = this.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const said = JSON.parse(this.dataset.options);
      const answer = await (said.user
        ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(said) })
        : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(said) }));
      form.elements.credential.value = JSON.stringify(answer.toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
    }
  }
});
