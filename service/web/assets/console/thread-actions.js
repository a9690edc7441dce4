import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { baseStyle } from "./base-style.js";
import "./note-dialog.js";

const ACTIONS = [
  ["claim", "Claim", "Claiming…"], ["resolve", "Resolve", "Resolving…"], ["release", "Release", "Releasing…"],
  ["return", "Return to assistant", "Returning…"], ["reopen", "Reopen", "Reopening…"],
];
const PRIMARY = new Set(["claim", "reopen"]);

const style = css`
  .bar { display: flex; flex-wrap: wrap; gap: 7px; }
  @media (max-width: 760px) { .bar { gap: 6px; } .bar .button { padding: 6px 8px; } }
`;

/** The buttons above a thread: only those that the present owner allows. */
class ThreadActions extends HTMLElement {
  connectedCallback() {
    const { desk } = this;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, style];
    this.note = document.createElement("note-dialog");
    this.buttons = new Map(ACTIONS.map(([action, title]) => [action,
      h("button", { class: `button ${PRIMARY.has(action) ? "primary" : ""}`, type: "button", onclick: () => this.run(action) }, title)]));
    root.append(h("div", { class: "bar", role: "group", "aria-label": "Actions" }, [...this.buttons.values()]), this.note);
    desk.addEventListener("thread", () => this.show());
    this.show();
  }

  show() {
    const allowed = this.desk.allowed();
    const { activeElement } = this.shadowRoot;
    for (const [action, title, busy] of ACTIONS) {
      const button = this.buttons.get(action);
      button.hidden = !allowed.has(action);
      button.setAttribute("aria-disabled", String(Boolean(this.desk.working)));
      button.textContent = this.desk.working === action ? busy : title;
    }
    if (activeElement?.hidden) this.shadowRoot.querySelector("button:not([hidden])")?.focus();
  }

  /** Runs an action; giving a conversation back first asks what the assistant should know. */
  async run(action) {
    if (this.desk.working || !this.desk.allowed().has(action)) return;
    if (action !== "return") return this.desk.act(action);
    const id = this.desk.selected;
    const note = await this.note.ask();
    if (note !== null && this.desk.selected === id) this.desk.act(action, note);
  }
}

customElements.define("thread-actions", ThreadActions);
