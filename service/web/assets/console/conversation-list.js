import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { keyed } from "../elements/keyed.js";
import { baseStyle } from "./base-style.js";
import { conversationRow, rowStyle } from "./conversation-row.js";
import { TABS } from "./lists.js";
import { plain } from "./words.js";

const STATUSES = [["", "Every status"], ["open", "Open"], ["pending", "With the assistant"], ["resolved", "Resolved"]];

const style = css`
  :host { display: flex; flex-direction: column; }
  [role=tablist] { display: flex; padding: 8px 12px 0; border-bottom: 1px solid var(--line); }
  [role=tab] { flex: auto; min-height: 40px; padding: 6px 4px; white-space: nowrap; border: 0; border-bottom: 3px solid transparent; background: none; color: var(--quiet); }
  [role=tab][aria-selected=true] { border-color: var(--accent); color: var(--text); font-weight: 650; }
  .filter { padding: 10px 14px; border-bottom: 1px solid var(--line); display: grid; gap: 8px; }
  .filter .field { min-height: 36px; padding: 4px 8px; }
  .rows { flex: 1; overflow-y: auto; }
  .empty, .problem { margin: 18px 16px; }
  .more { margin: 12px 16px; }
`;

/** The left pane: who waits, what is mine, everything. */
class ConversationList extends HTMLElement {
  connectedCallback() {
    const { desk } = this;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, rowStyle, style];
    this.setAttribute("role", "navigation");
    this.setAttribute("aria-label", "Conversations");
    this.tabs = TABS.map((tab) => h("button", {
      type: "button", role: "tab", id: `tab-${tab.name}`, "aria-controls": "rows",
      onclick: () => desk.showTab(tab.name), onkeydown: (event) => this.step(event),
    }, tab.title));
    this.queue = h("select", { class: "field", "aria-label": "Queue", onchange: () => desk.filter({ queue: this.queue.value }) });
    this.status = h("select", { class: "field", "aria-label": "Status", onchange: () => desk.filter({ status: this.status.value }) },
      STATUSES.map(([value, title]) => h("option", { value }, title)));
    this.filters = h("div", { class: "filter" }, this.queue, this.status);
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.empty = h("p", { class: "empty quiet", hidden: true });
    this.list = h("ul", { "aria-label": "Conversations" });
    this.more = h("button", { class: "button more", type: "button", hidden: true, onclick: () => desk.loadMore() }, "Load more");
    root.append(
      h("div", { role: "tablist", "aria-label": "Conversations" }, this.tabs),
      this.filters,
      h("div", { class: "rows", role: "tabpanel", id: "rows" }, this.problem, this.empty, this.list, this.more));
    desk.addEventListener("lists", () => this.show());
    this.show();
  }

  show() {
    const { desk } = this;
    const list = desk.lists[desk.tab];
    const rows = desk.rows();
    this.showTabs();
    this.showQueues();
    this.status.hidden = desk.tab !== "all";
    this.filters.hidden = desk.tab === "mine";
    this.problem.hidden = !list?.problem;
    this.problem.textContent = list?.problem ?? "";
    this.empty.hidden = rows.length > 0 || Boolean(list?.problem);
    this.empty.textContent = !list ? "Loading…" : desk.queue && list.rows.length ? "Nothing in this queue." : TABS.find((tab) => tab.name === desk.tab).empty;
    keyed(this.list, rows.map((row) => ({ ...row, tab: desk.tab, isOpen: row.id === desk.selected })), (row) => `${desk.tab}:${row.id}`, (row) => conversationRow(row, desk));
    this.more.hidden = desk.tab !== "all" || !list?.more;
    if (desk.selected !== this.opened) this.list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
    this.opened = desk.selected;
  }

  /** Gives the focus back to the row that was read, or to the list if that row has gone. */
  focusRow(id) {
    const row = [...this.list.children].find((item) => item.dataset.key === `${this.desk.tab}:${id}`);
    (row?.querySelector("button") ?? this.tabs.find((tab) => tab.tabIndex === 0)).focus();
  }

  showTabs() {
    const { desk } = this;
    TABS.forEach((tab, idx) => {
      const count = tab.name === "all" ? null : desk.lists[tab.name]?.rows.length;
      this.tabs[idx].textContent = count ? `${tab.title} ${count}` : tab.title;
      this.tabs[idx].setAttribute("aria-selected", String(desk.tab === tab.name));
      this.tabs[idx].tabIndex = desk.tab === tab.name ? 0 : -1;
    });
    this.shadowRoot.getElementById("rows").setAttribute("aria-labelledby", `tab-${desk.tab}`);
  }

  showQueues() {
    const names = this.desk.queues();
    if (this.desk.queue && !names.includes(this.desk.queue)) names.push(this.desk.queue);
    const print = names.join("\n");
    if (this.queue.print === print && this.queue.value === this.desk.queue) return;
    this.queue.print = print;
    this.queue.replaceChildren(h("option", { value: "" }, "Every queue"), ...names.map((name) => h("option", { value: name }, plain(name))));
    this.queue.value = this.desk.queue;
  }

  step(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    const idx = TABS.findIndex((tab) => tab.name === this.desk.tab);
    const next = (idx + move + TABS.length) % TABS.length;
    this.desk.showTab(TABS[next].name);
    this.tabs[next].focus();
  }
}

customElements.define("conversation-list", ConversationList);
