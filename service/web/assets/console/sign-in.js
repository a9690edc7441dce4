import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { baseStyle } from "./base-style.js";
import { Api } from "./api.js";

const style = css`
  :host { min-height: 100vh; display: grid; place-items: center; padding: 24px; }
  main { width: min(400px, 100%); }
  form { display: grid; gap: 16px; padding: 32px; border: 1px solid var(--line); border-radius: 18px; background: var(--pane); box-shadow: var(--shadow); }
  h1 { font-size: 23px; line-height: 1.25; }
  .logo { width: 46px; height: 46px; }
  label { display: grid; gap: 5px; font-weight: 600; }
  label .field, .hint { font-weight: 400; }
  .button { min-height: 44px; }
`;

/** Asks for an API key and the agent's name, and checks the key before letting anybody in. */
class SignIn extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, style];
    this.keyField = h("input", { class: "field", type: "password", name: "key", required: true, autocomplete: "off", spellcheck: "false", "aria-describedby": "key-hint" });
    this.keyField.value = this.key ?? "";
    this.name = h("input", { class: "field", name: "agent", required: true, maxlength: "60", autocomplete: "nickname" });
    this.name.value = this.agent ?? "";
    this.button = h("button", { class: "button primary", type: "submit" }, "Sign in");
    this.alert = h("p", { class: "problem", role: "alert", hidden: true });
    root.append(h("main", {}, h("form", { onsubmit: (event) => { event.preventDefault(); this.enter(); } },
      h("img", { class: "logo", src: "/assets/console/mark.svg", alt: "" }),
      h("div", {}, h("h1", {}, "Frontdesk console"), h("p", { class: "quiet" }, "Where people take over from the assistant.")),
      this.alert,
      h("label", {}, "Your name, as customers see it", this.name),
      h("label", {}, "API key", this.keyField, h("span", { class: "hint quiet small", id: "key-hint" }, "A key with the scope “agent”. The demo prints one when it starts. It is kept in this tab only.")),
      this.button)));
    if (this.problem) this.say(this.problem);
    (this.name.value ? this.keyField : this.name).focus();
  }

  say(problem) {
    this.alert.hidden = !problem;
    this.alert.textContent = problem ?? "";
  }

  async enter() {
    const key = this.keyField.value.trim();
    const agent = this.name.value.trim();
    if (!key || !agent) return this.say("Give both a name and a key.");
    this.button.disabled = true;
    try {
      await new Api(key).get("/v1/handoffs", { status: "waiting" });
      this.dispatchEvent(new CustomEvent("signed-in", { detail: { key, agent } }));
    } catch (error) {
      this.say(error.status === 401 ? "This key is not known. Check that it was copied whole." : error.message);
      this.keyField.focus();
    }
    this.button.disabled = false;
  }
}

customElements.define("sign-in", SignIn);
