import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { linked } from "../elements/linked.js";
import { clock } from "../elements/dates.js";
import { keyed } from "../elements/keyed.js";
import { watcher } from "../elements/reload.js";
import { dockStyle } from "./dock-style.js";
import { copyButton } from "../elements/copy-button.js";
import "./demo-text-in.js";

const EVERY_MS = 2000;
const CODE = /\b\d{4,8}\b/;

const style = css`
  .head { display: flex; gap: 8px; color: #aab4ae; font-size: 13px; }
  .head b { flex: 1; color: #fff; overflow-wrap: anywhere; }
  .text { margin-top: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
  .sms { border-radius: 16px 16px 16px 4px; background: #24443b; border-color: #2f5d50; }
  .email { border-left: 4px solid #c48f5a; }
  .copy { margin-top: 8px; min-height: 32px; padding: 3px 14px; border: 1px solid #7fb8a5; border-radius: 16px; background: none; }
`;

/** The pretend phone and mailbox: every text and mail the demo sent, newest first. */
class DemoOutbox extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [dockStyle, style];
    this.list = h("ul", { class: "stack" });
    this.none = h("p", { class: "quiet" }, "Nothing sent yet.");
    this.problem = h("p", { class: "problem", role: "status", hidden: true });
    root.append(h("div", { class: "stack" }, h("demo-text-in"),
      h("p", { class: "quiet" }, "Texts and mails go here instead of to real people. Newest first."), this.problem, h("div", { role: "log", "aria-label": "Messages sent" }, this.none, this.list)));
    this.load = watcher("/demo/outbox", (sent) => this.show(sent));
    this.poll();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async poll() {
    if (!document.hidden) {
      const error = await this.load();
      this.problem.hidden = !error;
      this.problem.textContent = error;
    }
    this.timer = setTimeout(() => this.poll(), EVERY_MS);
  }

  show(sent) {
    this.none.hidden = sent.length > 0;
    keyed(this.list, sent, (item) => String(item.id), (item) => this.item(item));
  }

  item(item) {
    const code = CODE.exec(item.text)?.[0];
    const isSms = item.channel === "sms";
    return h("li", { class: `card ${isSms ? "sms" : "email"}` },
      h("div", { class: "head" }, h("span", {}, isSms ? "Text to" : "Mail to"), h("b", {}, item.to), h("time", { datetime: item.at }, clock(item.at))),
      h("div", { class: "text", dir: "auto" }, linked(item.text)),
      /\bcode\b/i.test(item.text) && code ? copyButton(`Copy ${code}`, () => code) : null);
  }
}

customElements.define("demo-outbox", DemoOutbox);
