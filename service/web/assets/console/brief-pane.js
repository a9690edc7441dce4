import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { baseStyle } from "./base-style.js";
import { briefSections } from "./brief-sections.js";
import "./wait-clock.js";

const style = css`
  :host { overflow-y: auto !important; }
  .pane { padding: 16px 20px 40px; }
  h2 { font-size: 16px; }
  section { padding: 13px 0; border-top: 1px solid var(--line); }
  section:first-of-type { border-top: 0; }
  h3 { margin-bottom: 5px; color: var(--quiet); font-size: 12.5px; font-weight: 650; letter-spacing: .03em; }
  .pane { overflow-wrap: anywhere; }
  .lead { font-size: 17px; line-height: 1.4; font-weight: 550; }
  .lines { display: grid; gap: 7px; }
  .source { min-width: 26px; min-height: 24px; margin-left: 4px; padding: 0 6px; border: 1px solid var(--line); border-radius: 7px; background: none; color: var(--accent-text); font-size: 12px; }
  .source:hover { border-color: var(--accent); }
  .fact { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; align-items: center; }
  .fact > :first-child { grid-column: 1 / -1; font-size: 13px; }
  .step { padding: 14px; border-radius: 12px; background: var(--accent-soft); }
  .step h3 { color: var(--accent-text); }
  .step .chips { margin: 8px 0; }
  .step .chip { background: var(--pane); }
  blockquote { margin: 8px 0 10px; padding: 8px 12px; border-left: 3px solid var(--accent); background: var(--pane); border-radius: 0 8px 8px 0; white-space: pre-wrap; }
  .mood { display: block; width: 100%; height: 56px; }
  .mood .zero { stroke: var(--line); }
  .mood polyline { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
  .mood-words { display: flex; justify-content: space-between; }
  wait-clock { font-variant-numeric: tabular-nums; }
`;

/** The right pane: everything an agent needs, so that the customer repeats nothing. */
class BriefPane extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, style];
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-label", "Brief");
    this.body = h("div", {});
    root.append(h("div", { class: "pane" }, h("h2", {}, "Brief"), this.body));
    this.desk.addEventListener("thread", () => this.show());
    this.show();
  }

  show() {
    const { thread } = this.desk;
    const handoff = thread?.handoff ?? null;
    const print = JSON.stringify([thread?.id, thread?.owner, handoff, thread?.slots]);
    if (print === this.print) return;
    if (thread?.id !== this.openId) this.scrollTop = 0;
    this.openId = thread?.id;
    this.print = print;
    this.body.replaceChildren(...(thread ? briefSections(thread, this.desk) : [h("p", { class: "quiet" }, "Opens with a conversation.")]));
  }
}

customElements.define("brief-pane", BriefPane);
