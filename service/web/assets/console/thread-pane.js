import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { keyed } from "../elements/keyed.js";
import { baseStyle } from "./base-style.js";
import { channelIcon } from "./icons.js";
import { messageStyle, threadMessage } from "./thread-message.js";
import { channelWords, contactName, ownerWords, plain } from "./words.js";
import "./thread-actions.js";
import "./reply-composer.js";

const style = css`
  :host { display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); }
  .nothing { grid-row: 2; place-self: center; max-width: 34ch; padding: 24px; text-align: center; }
  .head { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; padding: 12px 20px; border-bottom: 1px solid var(--line); background: var(--pane); }
  .who { flex: 1 1 200px; min-width: 0; }
  h2 { display: -webkit-box; overflow: hidden; margin-bottom: 4px; font-size: 17px; line-height: 1.3; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow-wrap: anywhere; }
  h2:focus-visible { outline-width: 2px; outline-offset: 1px; }
  .back { display: none; }
  .log { overflow-y: auto; padding: 18px 20px; }
  .log:focus-visible { outline-offset: -3px; }
  .problem { margin-bottom: 12px; }
  @media (max-width: 760px) { .back { display: inline-block; } .log { padding: 14px; } .head { padding: 10px 14px; } }
  @media (max-height: 560px) { .head { gap: 5px 12px; padding: 6px 14px; } .log { padding: 8px 14px; } h2 { -webkit-line-clamp: 1; } }
  @media (max-width: 760px) and (max-height: 400px) { .log { overflow: visible; } }
`;

/** The middle pane: one thread across all channels, and the composer below it. */
class ThreadPane extends HTMLElement {
  connectedCallback() {
    const { desk } = this;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, messageStyle, style];
    this.setAttribute("role", "main");
    this.setAttribute("aria-label", "Conversation");
    const pane = (tag) => Object.assign(document.createElement(tag), { desk });
    this.nothing = h("p", { class: "nothing quiet" });
    this.name = h("h2", { tabindex: "-1" });
    this.state = h("div", { class: "chips" });
    this.actions = pane("thread-actions");
    this.head = h("div", { class: "head" },
      h("button", { class: "button back", type: "button", onclick: () => desk.select(null) }, "← Back"),
      h("div", { class: "who" }, this.name, this.state), this.actions);
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.list = h("ol", {});
    this.log = h("div", { class: "log", role: "log", "aria-label": "Thread", tabindex: "0" }, this.problem, this.list);
    this.composer = pane("reply-composer");
    root.append(this.nothing, this.head, this.log, this.composer);
    desk.addEventListener("thread", () => this.show());
    desk.addEventListener("point", ({ detail }) => this.point(detail));
    this.show();
  }

  show() {
    const { desk } = this;
    const { thread } = desk;
    const isBlank = !thread && !desk.problem;
    this.nothing.hidden = !isBlank;
    this.nothing.textContent = desk.selected ? "Loading…" : "Choose a conversation on the left, or press J to open the first one.";
    this.head.hidden = this.log.hidden = isBlank;
    this.composer.hidden = !thread;
    this.problem.hidden = !desk.problem;
    this.problem.textContent = desk.problem && !thread ? `This conversation cannot be shown: ${desk.problem}` : desk.problem ?? "";
    if (!thread) {
      this.name.replaceChildren("No conversation");
      this.name.title = "";
      this.state.replaceChildren();
      this.list.replaceChildren();
      this.shown = null;
      return;
    }
    this.showHead(thread);
    this.showMessages(thread);
  }

  showHead(thread) {
    const name = contactName(thread.contact);
    this.name.replaceChildren(h("bdi", {}, name), ...(thread.subject ? [" · ", h("bdi", {}, thread.subject)] : []));
    this.name.title = thread.subject ?? name;
    const kind = thread.owner?.kind;
    this.state.replaceChildren(
      h("span", { class: `chip ${kind === "queue" ? "warn" : kind === "agent" ? "accent" : ""}`, id: "owner" }, ownerWords(thread.owner, this.desk.agent)),
      h("span", { class: `chip ${thread.priority}` }, `${plain(thread.priority)} priority`),
      ...(thread.channels ?? []).map((channel) => h("span", { class: "chip" }, channelIcon(channel), " ", channelWords(channel))));
  }

  showMessages(thread) {
    const isNew = this.shown !== thread.id;
    // A thread that was just opened is read at the reader's pace; only what comes later is announced.
    this.log.setAttribute("aria-live", isNew ? "off" : "polite");
    const wasAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const items = thread.messages.map((message, idx) => ({
      ...message, isContinued: sameAuthor(thread.messages[idx - 1], message), switched: idx > 0 && thread.messages[idx - 1].channel !== message.channel,
    }));
    keyed(this.list, items, (message) => message.id, (message) => threadMessage(message, thread));
    this.shown = thread.id;
    if (isNew || wasAtEnd) this.log.scrollTop = this.log.scrollHeight;
    if (isNew) this.catchFocus();
  }

  /** Opening by shortcut, or where the thread covers the list, leaves the focus on nothing: take it here. */
  catchFocus() {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    if (focused === document.body || !focused.checkVisibility()) this.name.focus({ preventScroll: true });
  }

  /** Shows where a line of the brief comes from. */
  point(messageId) {
    const node = [...this.list.children].find((item) => item.dataset.key === messageId);
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("pointed");
    requestAnimationFrame(() => node.classList.add("pointed"));
    node.setAttribute("tabindex", "-1");
    node.focus({ preventScroll: true });
  }
}

function sameAuthor(before, message) {
  return before?.author.kind === message.author.kind && before.author.name === message.author.name && before.channel === message.channel;
}

customElements.define("thread-pane", ThreadPane);
