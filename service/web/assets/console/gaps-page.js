import { h } from "../elements/h.js";
import { articleUse, contradictions, duplicates } from "./gap-articles.js";
import { gapTopics } from "./gap-topics.js";
import { baseStyle } from "./base-style.js";
import { gapsStyle } from "./gaps-style.js";
import "./article-editor.js";

const PERIODS = [[7, "Last 7 days"], [30, "Last 30 days"], [90, "Last 90 days"], [365, "Last year"]];
const ROWS = 50;
const TABS = [
  { name: "topics", title: "Not answered", count: (gaps) => gaps.topics.length, show: gapTopics },
  { name: "contradictions", title: "May contradict", count: (gaps) => gaps.contradictions.length, show: contradictions },
  { name: "duplicates", title: "Say the same", count: (gaps) => gaps.duplicates.length, show: duplicates },
  { name: "unused", title: "Not used", count: (gaps) => gaps.unused_total, show: articleUse },
];

/** What to write or mend in the knowledge base. Tells "leave" when a conversation is to be opened. */
class GapsPage extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, gapsStyle];
    this.setAttribute("role", "main");
    this.setAttribute("aria-label", "Knowledge gaps");
    Object.assign(this, { tab: "topics", gaps: null, content: null, asked: 0 });
    this.heading = h("h2", { tabindex: "-1" }, "Knowledge gaps");
    this.days = h("select", { class: "field", onchange: () => this.load() }, PERIODS.map(([days, title]) => h("option", { value: days, selected: days === 30 }, title)));
    this.said = h("p", { class: "quiet", role: "status" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.refused = h("div", { class: "problem refused", role: "status", hidden: true });
    this.tabs = TABS.map((tab) => h("button", { type: "button", role: "tab", id: `tab-${tab.name}`, "aria-controls": "panel", onclick: () => this.showTab(tab.name), onkeydown: (event) => this.step(event) }));
    this.tablist = h("div", { role: "tablist", "aria-label": "Kinds of gaps" }, this.tabs);
    this.panel = h("div", { role: "tabpanel", id: "panel" });
    this.editor = Object.assign(document.createElement("article-editor"), { api: this.desk.api });
    this.editor.addEventListener("published", ({ detail }) => this.published(detail));
    this.editor.addEventListener("open-message", ({ detail }) => this.open(detail));
    root.append(h("div", { class: "page" },
      h("div", { class: "top" }, h("div", {}, this.heading, this.said), h("label", { class: "period quiet" }, "Period", this.days)),
      this.problem, this.refused, this.tablist, this.panel), this.editor);
    this.show();
  }

  /** Called whenever the page is turned to; what was loaded before stays until it is loaded anew. */
  opened() {
    this.heading.focus({ preventScroll: true });
    if (!this.gaps) this.load();
  }

  async load() {
    this.asked += 1;
    const turn = this.asked;
    this.loading = true;
    this.problem.hidden = true;
    this.show();
    try {
      const [gaps, content] = await Promise.all([
        this.desk.api.get("/v1/gaps", { days: this.days.value, limit: ROWS }), this.desk.api.get("/v1/content")]);
      if (turn === this.asked) Object.assign(this, { gaps, content });
    } catch (error) {
      this.desk.failed(error);
      if (turn === this.asked) this.say(error.status === 403 ? "Knowledge gaps need a key with the scope “admin”. Sign in with one to see them." : error.message);
    }
    if (turn !== this.asked) return;
    this.loading = false;
    this.show();
  }

  say(problem) {
    this.problem.textContent = problem;
    this.problem.hidden = false;
  }

  show() {
    const { gaps, content } = this;
    const amiss = content ? [...refusal(content), ...unbacked(content)] : [];
    this.refused.hidden = !amiss.length;
    this.refused.replaceChildren(...amiss);
    this.said.textContent = this.loading ? "Reading messages and articles…" : gaps ? summary(gaps) : "";
    this.panel.setAttribute("aria-busy", String(Boolean(this.loading)));
    TABS.forEach((tab, idx) => {
      const isOpen = tab.name === this.tab;
      this.tabs[idx].replaceChildren(h("b", {}, gaps ? String(tab.count(gaps)) : "–"), h("span", { class: "quiet small" }, tab.title));
      this.tabs[idx].setAttribute("aria-selected", String(isOpen));
      this.tabs[idx].tabIndex = isOpen ? 0 : -1;
    });
    this.panel.setAttribute("aria-labelledby", `tab-${this.tab}`);
    this.panel.replaceChildren(...(gaps ? TABS.find((tab) => tab.name === this.tab).show(gaps, this) : []));
  }

  showTab(name) {
    this.tab = name;
    this.show();
  }

  step(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    const next = (TABS.findIndex((tab) => tab.name === this.tab) + move + TABS.length) % TABS.length;
    this.showTab(TABS[next].name);
    this.tabs[next].focus();
  }

  /** Leads to a message in its conversation. */
  open(place) {
    this.dispatchEvent(new CustomEvent("leave", { detail: place }));
  }

  edit(draft) {
    this.editor.edit(draft);
  }

  published(article) {
    this.desk.tell("announce", { text: `“${article.title}” is live for the next message.` });
    this.load();
  }
}

/** Why the content folder is not taken up, problem by problem. */
function refusal(content) {
  if (!content.problems.length) return [];
  const problem = ({ file, line, message }) => h("li", {}, h("b", {}, `${file}:${line}`), ` ${message}`);
  return [h("p", {}, "Not all of the content folder is in use. Where something is wrong, what was read before stays. Mend this:"),
    h("ul", {}, content.problems.map(problem))];
}

/** Which intents name articles that were deleted or hidden since. */
function unbacked(content) {
  if (!content.unbacked_intents.length) return [];
  const pair = ({ intent, article }) => h("li", {}, h("b", {}, intent), ` names ${article}`);
  return [h("p", {}, "These intents name articles that contacts cannot be shown any more. Write the article again, or name another:"),
    h("ul", {}, content.unbacked_intents.map(pair))];
}

function summary(gaps) {
  const asked = `${gaps.questions} question${gaps.questions === 1 ? "" : "s"} without an answer looked at`;
  const part = gaps.passages_compared < gaps.passages ? `, ${gaps.passages_compared} of ${gaps.passages} passages compared` : "";
  return `${asked}${part}.`;
}

customElements.define("gaps-page", GapsPage);
