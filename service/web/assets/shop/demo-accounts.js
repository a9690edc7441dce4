import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { watcher } from "../elements/reload.js";
import { dockStyle } from "./dock-style.js";

const style = css`
  h3 { font-size: 16px; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 0 10px; margin: 2px 0 8px; color: #c3cbc6; font-size: 14px; }
  dd { margin: 0; overflow-wrap: anywhere; }
  .order { padding-top: 7px; margin-top: 7px; border-top: 1px solid #39433e; font-size: 14px; }
  .status { float: right; padding: 0 9px; border-radius: 10px; background: #34403a; font-size: 13px; }
`;

/** "OutForDelivery" and "out_for_delivery" → "out for delivery". */
function statusWords(status) {
  return String(status).replaceAll(/_|(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

/** The made-up customers and their orders, so that a visitor knows which numbers to ask about. */
class DemoAccounts extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [dockStyle, style];
    const list = h("ul", { class: "stack" });
    const problem = h("p", { class: "problem", role: "status", hidden: true });
    root.append(h("div", { class: "stack" }, h("p", { class: "quiet" }, "Pretend to be one of these customers."), problem, list));
    const load = watcher("/demo/accounts", (accounts) => list.replaceChildren(...accounts.map((account) => this.account(account))));
    load().then((error) => {
      problem.hidden = !error;
      problem.textContent = error;
    });
  }

  account(account) {
    return h("li", { class: "card" },
      h("h3", {}, account.name),
      h("dl", {}, h("dt", {}, "Mail"), h("dd", {}, account.email ?? "none"), h("dt", {}, "Phone"), h("dd", {}, account.phone ?? "none")),
      (account.orders ?? []).map((order) => h("div", { class: "order" },
        h("span", { class: "status" }, statusWords(order.status)), h("b", {}, order.number), h("div", { class: "quiet" }, order.summary))));
  }
}

customElements.define("demo-accounts", DemoAccounts);
