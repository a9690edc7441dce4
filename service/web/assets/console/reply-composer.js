import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { uuid } from "../elements/uuid.js";
import { baseStyle } from "./base-style.js";
import { channelWords } from "./words.js";

const style = css`
  :host { padding: 12px 20px 14px; border-top: 1px solid var(--line); background: var(--pane); }
  form { display: grid; gap: 8px; }
  textarea { min-height: 76px; max-height: 34vh; resize: vertical; }
  .foot { display: flex; align-items: center; gap: 12px; }
  .hint { flex: 1; }
  @media (max-width: 760px) { :host { padding: 10px 14px; } textarea { font-size: 16px; } }
  @media (max-height: 560px) { :host { padding: 6px 14px; } form { gap: 5px; } textarea { min-height: 44px; height: 44px; } }
`;

/**
 * Where an agent writes. The text leaves the box only when the server has taken it; a refusal stays
 * beside it. The same text tried again goes under the same key, so it is sent once.
 */
class ReplyComposer extends HTMLElement {
  connectedCallback() {
    const { desk } = this;
    this.drafts = new Map();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, style];
    this.text = h("textarea", { class: "field", "aria-label": "Reply", "aria-describedby": "hint", rows: "3", dir: "auto", maxlength: "4000", onkeydown: (event) => this.pressed(event), oninput: () => this.keep() });
    this.hint = h("span", { class: "hint quiet small", id: "hint" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.anyway = h("button", { class: "button", type: "button", hidden: true, onclick: () => this.takeOver() }, "Write anyway");
    this.button = h("button", { class: "button primary", type: "submit" }, "Send");
    root.append(h("form", { onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.problem, this.text, h("div", { class: "foot" }, this.hint, this.anyway, this.button)));
    desk.addEventListener("thread", () => this.show());
    desk.addEventListener("draft", ({ detail }) => this.useDraft(detail));
    this.show();
  }

  show() {
    const { desk } = this;
    const { thread } = desk;
    if (!thread) return;
    if (this.openId !== thread.id) {
      this.openId = thread.id;
      const draft = this.draft();
      this.text.value = draft.text;
      this.say(draft.problem);
    }
    const kind = thread.owner?.kind;
    const isOthers = kind === "agent" && thread.owner.agent !== desk.agent;
    const canReply = desk.allowed().has("reply") || (isOthers && this.draft().mayTakeOver);
    this.anyway.hidden = canReply || !isOthers;
    this.text.disabled = !canReply;
    this.text.placeholder = canReply ? "Write a reply…" : kind === "agent" ? `${thread.owner.agent} is answering this conversation.` : "This conversation is closed. Reopen it to reply.";
    this.showSending();
    const channel = thread.handoff?.brief?.channels?.preferred ?? thread.channels?.at(-1);
    const takeover = kind === "assistant" || kind === "queue" ? " Sending takes the conversation over." : isOthers ? ` Sending takes it over from ${thread.owner.agent}.` : "";
    this.hint.textContent = canReply ? `Goes out by ${channelWords(channel).toLowerCase()}.${takeover} Ctrl+Enter sends.` : "";
  }

  draft() {
    if (!this.drafts.has(this.openId)) this.drafts.set(this.openId, { text: "", problem: null, key: uuid(), isSending: false, mayTakeOver: false });
    return this.drafts.get(this.openId);
  }

  keep() {
    const draft = this.draft();
    if (draft.text !== this.text.value) draft.key = uuid();
    draft.text = this.text.value;
  }

  useDraft(text) {
    this.text.value = this.text.value.trim() ? `${this.text.value.trimEnd()}\n\n${text}` : text;
    this.keep();
    this.focusText();
  }

  /** Lets this agent write although another has the conversation, for when that one is gone. */
  takeOver() {
    this.draft().mayTakeOver = true;
    this.show();
    this.focusText();
  }

  focusText() {
    this.text.focus();
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
  }

  pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") {
      this.text.blur();
    }
  }

  say(problem) {
    this.problem.hidden = !problem;
    this.problem.textContent = problem ?? "";
  }

  showSending() {
    const { isSending } = this.draft();
    this.text.readOnly = isSending;
    this.button.disabled = isSending || this.text.disabled;
    this.button.textContent = isSending ? "Sending…" : "Send";
  }

  async send() {
    const id = this.openId;
    const draft = this.draft();
    const text = draft.text.trim();
    if (!text || draft.isSending || this.text.disabled) return;
    Object.assign(draft, { isSending: true, problem: null });
    this.say(null);
    this.text.focus();
    this.showSending();
    try {
      await this.desk.reply(id, text, draft.key);
      Object.assign(draft, { text: "", key: uuid(), mayTakeOver: false });
    } catch (error) {
      draft.problem = `Not sent: ${error.message}`;
    }
    draft.isSending = false;
    if (this.openId !== id) return;
    this.text.value = draft.text;
    this.say(draft.problem);
    this.showSending();
  }
}

customElements.define("reply-composer", ReplyComposer);
