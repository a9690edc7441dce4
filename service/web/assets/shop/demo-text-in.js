import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { dockStyle } from "./dock-style.js";

const style = css`
  form { display: grid; gap: 8px; }
  h3 { font-size: 15px; }
  label { font-size: 13px; color: #c3cbc6; }
  select, textarea { display: block; width: 100%; min-height: 40px; margin-top: 2px; padding: 8px 10px; border: 1px solid #6b7770; border-radius: 8px; background: #181d1b; color: #fff; font: inherit; }
  textarea { resize: vertical; }
  textarea::placeholder { color: #aab4ae; opacity: 1; }
  button { justify-self: start; min-height: 40px; padding: 6px 20px; border: 0; border-radius: 20px; background: #7fb8a5; color: #10201b; font-weight: 650; }
  button:disabled { opacity: .6; }
  .said { min-height: 1.4em; font-size: 13.5px; }
`;

/** A pretend phone to text in from, so that one thread can be seen to cross channels. */
class DemoTextIn extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [dockStyle, style];
    this.from = h("select", { name: "from" });
    this.text = h("textarea", { name: "text", rows: "2", dir: "auto", maxlength: "1600", required: true, placeholder: "Where is my order?" });
    this.button = h("button", { type: "submit" }, "Send text");
    this.said = h("p", { class: "said quiet", role: "status" });
    root.append(h("form", { class: "card", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      h("h3", {}, "Text the shop"), h("label", {}, "From the phone of", this.from), h("label", {}, "Message", this.text), this.button, this.said));
    this.fillPhones();
  }

  async fillPhones() {
    const response = await fetch("/demo/accounts").catch(() => null);
    const accounts = response?.ok ? (await response.json()).data : [];
    this.from.replaceChildren(...accounts.filter((account) => account.phone).map((account) =>
      h("option", { value: account.phone }, `${account.name} · ${account.phone}`)));
  }

  async send() {
    this.button.disabled = true;
    const response = await fetch("/demo/sms", {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ from: this.from.value, text: this.text.value }),
    }).catch(() => null);
    this.button.disabled = false;
    if (response?.ok) this.text.value = "";
    const problem = response && !response.ok ? await response.json().catch(() => null) : null;
    this.said.textContent = response?.ok ? "Sent. The answer comes below." : `Not sent: ${problem?.detail ?? "the server cannot be reached"}`;
  }
}

customElements.define("demo-text-in", DemoTextIn);
