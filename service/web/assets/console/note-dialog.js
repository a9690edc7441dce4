import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { baseStyle } from "./base-style.js";
import { dialogStyle } from "./dialog-style.js";

const style = css`
  label { display: grid; gap: 5px; margin: 14px 0; }
  .buttons { display: flex; justify-content: flex-end; gap: 8px; }
`;

/** Asks what happened while a person had the conversation, so that the assistant does not start over. */
class NoteDialog extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, dialogStyle, style];
    this.text = h("textarea", { class: "field", rows: "4", dir: "auto", maxlength: "1000", placeholder: "Replacement sent today, arrives Friday. Nothing else open." });
    this.dialog = h("dialog", { "aria-labelledby": "title", onclose: () => this.answer?.(this.dialog.returnValue === "send" ? this.text.value.trim() : null) },
      h("form", { method: "dialog" },
        h("h2", { id: "title" }, "Return to the assistant"),
        h("label", {}, "What should the assistant know? (It is kept with the thread.)", this.text),
        h("div", { class: "buttons" },
          h("button", { class: "button", value: "cancel", type: "submit" }, "Cancel"),
          h("button", { class: "button primary", value: "send", type: "submit" }, "Return"))));
    root.append(this.dialog);
  }

  /** The note, or null if the agent changed their mind. */
  ask() {
    this.text.value = "";
    this.dialog.returnValue = "";
    this.dialog.showModal();
    this.text.focus();
    return new Promise((resolve) => (this.answer = resolve));
  }
}

customElements.define("note-dialog", NoteDialog);
