import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { watcher } from "../elements/reload.js";
import { dockStyle } from "./dock-style.js";

const style = css`
  button { display: block; width: 100%; text-align: left; }
  button:hover { border-color: #7fb8a5; background: #29322e; }
  b { display: block; }
  q { display: block; margin: 3px 0; color: #d7ddd9; }
  .expect { display: block; color: #aab4ae; font-size: 13.5px; }
`;

/** Sentences to try. Choosing one sends it through the chat widget, as a visitor would. */
class DemoTour extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [dockStyle, style];
    const list = h("ul", { class: "stack" });
    const problem = h("p", { class: "problem", role: "status", hidden: true });
    root.append(h("div", { class: "stack" }, h("p", { class: "quiet" }, "Choose one to send it in the chat."), problem, list));
    const load = watcher("/demo/tour", (stops) => list.replaceChildren(...stops.map((stop) => this.stop(stop))));
    load().then((error) => {
      problem.hidden = !error;
      problem.textContent = error;
    });
  }

  stop(stop) {
    return h("li", {}, h("button", { class: "card", type: "button", onclick: () => window.frontdesk?.send(stop.text) },
      h("b", {}, stop.title), h("q", {}, stop.text), h("span", { class: "expect" }, stop.expect)));
  }
}

customElements.define("demo-tour", DemoTour);
