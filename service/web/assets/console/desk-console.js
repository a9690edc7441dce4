import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { baseStyle } from "./base-style.js";
import { listenForShortcuts } from "./shortcuts.js";
import "./conversation-list.js";
import "./thread-pane.js";
import "./brief-pane.js";
import "./help-dialog.js";
import "./gaps-page.js";

const style = css`
  .shell { display: grid; grid-template: auto minmax(0, 1fr) / 336px minmax(0, 1fr) 372px; height: 100vh; height: 100dvh; }
  header { grid-column: 1 / -1; display: flex; align-items: center; gap: 12px; padding: 8px 18px; border-bottom: 1px solid var(--line); background: var(--pane); }
  header img { width: 30px; height: 30px; }
  h1 { flex: 1; font-size: 16px; }
  .live { display: inline-flex; align-items: center; gap: 7px; }
  .live::before { content: ""; width: 9px; height: 9px; border-radius: 50%; background: var(--quiet); }
  .live.live-now::before { background: #2ea562; }
  .live.lost::before { background: #d64545; }
  header .button { white-space: nowrap; }
  .show-brief { display: none; }
  conversation-list, thread-pane, brief-pane { min-height: 0; overflow: hidden; }
  conversation-list { border-right: 1px solid var(--line); background: var(--pane); }
  brief-pane:focus-visible { outline-offset: -3px; }
  brief-pane { border-left: 1px solid var(--line); background: var(--pane); }
  gaps-page { grid-column: 1 / -1; min-height: 0; }
  .shell:not(.gaps) gaps-page, .shell.gaps :is(conversation-list, thread-pane, brief-pane, .show-brief) { display: none; }
  .gaps-button { display: inline-block; }
  .gaps-button::first-letter { text-transform: uppercase; }
  header .button[aria-pressed=true] { border-color: var(--accent); background: var(--accent-soft); color: var(--accent-text); }
  .toasts { position: fixed; z-index: 9; left: 50%; top: 6px; display: grid; gap: 6px; justify-items: center; max-width: min(90vw, 520px); transform: translateX(-50%); pointer-events: none; }
  .toast { padding: 9px 20px; border-radius: 12px; background: var(--text); color: var(--bg); box-shadow: var(--shadow); }
  .toast.bad { background: var(--bad-soft); color: var(--bad); }
  @media (max-width: 1180px) {
    .shell { grid-template-columns: 300px minmax(0, 1fr); }
    .show-brief { display: inline-block; }
    brief-pane { position: fixed; z-index: 3; top: 54px; right: 0; bottom: 0; width: min(400px, 100vw); box-shadow: var(--shadow); }
    .shell:not(.brief-open) brief-pane { display: none; }
  }
  @media (max-width: 760px) {
    .shell { grid-template-columns: minmax(0, 1fr); }
    header { gap: 8px; padding: 8px 14px; }
    .gaps-button .long { display: none; }
    .toasts { top: 60px; width: max-content; }
    .shell.reading conversation-list, .shell:not(.reading) thread-pane { display: none; }
    header .who, .help-button { display: none; }
  }
  @media (max-width: 760px) and (max-height: 400px) {
    .shell { height: auto; min-height: 100vh; }
    conversation-list, thread-pane { overflow: visible; }
  }
  @media (max-width: 420px) { h1 { position: absolute; clip-path: inset(50%); } .live { flex: 1; } }
`;

/** How many announcements stand at a time; more would cover what is being read. */
const MOST_TOASTS = 3;

/** The whole console: the waiting line, the thread and the brief, side by side. */
class DeskConsole extends HTMLElement {
  connectedCallback() {
    const { desk } = this;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, style];
    const pane = (tag) => Object.assign(document.createElement(tag), { desk });
    this.list = pane("conversation-list");
    this.thread = pane("thread-pane");
    this.brief = Object.assign(pane("brief-pane"), { id: "brief", tabIndex: -1 });
    this.brief.addEventListener("keydown", (event) => this.leaveBrief(event));
    this.help = document.createElement("help-dialog");
    this.state = h("span", { class: "live small", role: "status" });
    this.toasts = h("div", { class: "toasts", role: "status", "aria-atomic": "false" });
    this.gaps = pane("gaps-page");
    this.gaps.addEventListener("leave", ({ detail }) => this.openMessage(detail));
    this.gapsButton = h("button", { class: "button gaps-button", type: "button", "aria-label": "Knowledge gaps", "aria-pressed": "false", onclick: () => this.toggleGaps() }, h("span", { class: "long" }, "Knowledge "), "gaps");
    this.briefButton = h("button", { class: "button show-brief", type: "button", "aria-expanded": "false", "aria-controls": "brief", onclick: () => this.toggleBrief() }, "Brief");
    this.shell = h("div", { class: "shell" },
      h("header", {}, h("img", { src: "/assets/console/mark.svg", alt: "" }), h("h1", {}, "Frontdesk"), this.state,
        h("span", { class: "who small quiet" }, `Signed in as ${desk.agent}`), this.briefButton, this.gapsButton,
        h("button", { class: "button help-button", type: "button", "aria-label": "Keyboard shortcuts", onclick: () => this.help.open() }, "?"),
        h("button", { class: "button", type: "button", onclick: () => this.dispatchEvent(new Event("sign-out")) }, "Sign out")),
      this.list, this.thread, this.brief, this.gaps);
    root.append(this.shell, this.help, this.toasts);
    desk.addEventListener("live", () => this.showLive());
    desk.addEventListener("lists", () => this.showCount());
    desk.addEventListener("thread", () => this.showReading());
    desk.addEventListener("announce", ({ detail }) => this.announce(detail));
    desk.addEventListener("draft", () => this.toggleBrief(false));
    desk.addEventListener("point", () => this.toggleBrief(false));
    this.silence = listenForShortcuts(desk, {
      help: this.help, thread: this.thread, toggleBrief: () => this.toggleBrief(), toggleGaps: () => this.toggleGaps(), isAway: () => this.shell.classList.contains("gaps"),
    });
    this.showLive();
  }

  disconnectedCallback() {
    this.silence();
    document.title = "Frontdesk console";
  }

  /** On a narrow screen the thread covers the list; who goes back finds the row where they left it. */
  showReading() {
    const { selected } = this.desk;
    this.shell.classList.toggle("reading", Boolean(selected));
    if (this.reading && !selected) this.list.focusRow(this.reading);
    this.reading = selected;
  }

  /** Escape closes the brief where it covers the thread. */
  leaveBrief(event) {
    if (event.key !== "Escape" || !this.shell.classList.contains("brief-open")) return;
    this.toggleBrief(false);
    this.briefButton.focus();
  }

  toggleBrief(open = !this.shell.classList.contains("brief-open")) {
    this.shell.classList.toggle("brief-open", open);
    this.briefButton.setAttribute("aria-expanded", String(open));
    if (open) this.brief.focus();
  }

  /** The page of knowledge gaps takes the place of the three panes. */
  toggleGaps(open = !this.shell.classList.contains("gaps")) {
    this.shell.classList.toggle("gaps", open);
    this.gapsButton.setAttribute("aria-pressed", String(open));
    if (open) this.gaps.opened();
    else this.gapsButton.focus();
  }

  async openMessage({ conversation, seq }) {
    const { desk } = this;
    this.toggleGaps(false);
    await desk.select(conversation);
    const message = desk.thread?.messages.find((message) => message.seq === seq);
    if (message) desk.tell("point", message.id);
  }

  showLive() {
    const { live } = this.desk;
    this.state.className = `live small ${live === "live" ? "live-now" : live}`;
    this.state.textContent = { live: "Live", lost: "Reconnecting…", connecting: "Connecting…" }[live];
  }

  showCount() {
    const waiting = this.desk.lists.waiting?.rows.length ?? 0;
    document.title = waiting ? `(${waiting}) Frontdesk console` : "Frontdesk console";
  }

  /** Shows each announcement for its own time: one that follows at once does not cover it, unless it says the same. */
  announce({ text, bad }) {
    [...this.toasts.children].find((toast) => toast.textContent === text)?.remove();
    const toast = h("div", { class: `toast ${bad ? "bad" : ""}` }, text);
    this.toasts.append(toast);
    setTimeout(() => toast.remove(), bad ? 9000 : 4000);
    if (this.toasts.childElementCount > MOST_TOASTS) this.toasts.firstElementChild.remove();
  }
}

customElements.define("desk-console", DeskConsole);
