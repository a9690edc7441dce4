import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { dockStyle } from "./dock-style.js";
import "./demo-tour.js";
import "./demo-accounts.js";
import "./demo-outbox.js";

const style = css`
  .dock { display: flex; flex-direction: column; height: 100%; border-right: 1px solid #39433e; background: #181d1b; }
  .head { display: flex; align-items: center; gap: 10px; padding: 16px 20px 4px; }
  h2 { flex: 1; font-size: 18px; }
  .toggle { display: none; min-height: 44px; padding: 6px 16px; border: 1px solid #5d6862; border-radius: 22px; background: none; }
  .links { padding: 0 20px 12px; }
  [role=tablist] { display: flex; gap: 4px; padding: 0 14px; border-bottom: 1px solid #39433e; }
  [role=tab] { flex: auto; min-height: 44px; padding: 8px 6px; border: 0; border-bottom: 3px solid transparent; background: none; color: #c3cbc6; font-size: 14px; white-space: nowrap; }
  [role=tab][aria-selected=true] { border-color: #7fb8a5; color: #fff; font-weight: 650; }
  [role=tabpanel] { flex: 1; overflow-y: auto; padding: 16px 20px 28px; }
  @media (max-width: 1100px) {
    .dock { border-right: 0; }
    .toggle { display: block; }
    .head { padding-bottom: 10px; }
    .dock:not(.open) > :not(.head) { display: none; }
    [role=tabpanel] { max-height: 60vh; }
  }
`;

const TABS = [
  ["tour", "Things to try", "demo-tour"],
  ["outbox", "Phone & mailbox", "demo-outbox"],
  ["accounts", "Accounts", "demo-accounts"],
];

/** The backstage panel beside the shop: what to try, who the customers are, what was sent to them. */
class DemoDock extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [dockStyle, style];
    this.tabs = TABS.map(([name, title]) => h("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`,
      onclick: () => this.show(name), onkeydown: (event) => this.step(event, name),
    }, title));
    this.panels = TABS.map(([name, , tag]) => h("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, tabindex: "0" }, h(tag)));
    const toggle = h("button", { class: "toggle", type: "button", "aria-expanded": "false", onclick: () => {
      const open = dock.classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(open));
      toggle.textContent = open ? "Hide" : "Show";
    } }, "Show");
    const dock = h("aside", { class: "dock", "aria-label": "Demo guide" },
      h("div", { class: "head" }, h("h2", {}, "Behind the counter"), toggle),
      h("p", { class: "links quiet" }, "This is the Frontdesk demo. ", h("a", { href: "/console" }, "Agent console"), " · ", h("a", { href: "/docs" }, "API docs")),
      h("div", { role: "tablist", "aria-label": "Demo guide" }, this.tabs),
      this.panels);
    root.append(dock);
    this.show(TABS[0][0]);
  }

  show(chosen) {
    TABS.forEach(([name], idx) => {
      this.tabs[idx].setAttribute("aria-selected", String(name === chosen));
      this.tabs[idx].tabIndex = name === chosen ? 0 : -1;
      this.panels[idx].hidden = name !== chosen;
    });
  }

  /** Arrow keys move between tabs, as people expect of tabs. */
  step(event, name) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    const idx = TABS.findIndex(([other]) => other === name);
    const next = (idx + move + TABS.length) % TABS.length;
    this.show(TABS[next][0]);
    this.tabs[next].focus();
  }
}

customElements.define("demo-dock", DemoDock);
