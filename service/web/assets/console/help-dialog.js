import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { baseStyle } from "./base-style.js";
import { dialogStyle } from "./dialog-style.js";
import { SHORTCUTS, areShortcutsOn, setShortcuts } from "./shortcuts.js";

const style = css`
  dl { display: grid; grid-template-columns: auto 1fr; gap: 7px 16px; margin: 16px 0; align-items: baseline; }
  dt { text-align: right; }
  .foot { display: flex; align-items: center; justify-content: space-between; gap: 12px; }
`;

/** Lists the keyboard shortcuts, and turns them off for those whom single keys disturb. */
class HelpDialog extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, dialogStyle, style];
    this.on = h("input", { type: "checkbox", onchange: () => setShortcuts({ on: this.on.checked }) });
    const rows = [...SHORTCUTS, ["Ctrl Enter", "Send the reply"], ["Esc", "Leave the reply box"]];
    this.dialog = h("dialog", { "aria-labelledby": "title" }, h("form", { method: "dialog" },
      h("h2", { id: "title" }, "Keyboard shortcuts"),
      h("dl", {}, rows.flatMap(([key, words]) => [h("dt", {}, h("kbd", {}, key.length === 1 ? key.toUpperCase() : key)), h("dd", {}, words)])),
      h("div", { class: "foot" }, h("label", {}, this.on, " Use single-key shortcuts"), h("button", { class: "button primary", type: "submit" }, "Close"))));
    root.append(this.dialog);
  }

  open() {
    this.on.checked = areShortcutsOn();
    this.dialog.showModal();
  }
}

customElements.define("help-dialog", HelpDialog);
