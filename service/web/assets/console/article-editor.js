import { copyButton } from "../elements/copy-button.js";
import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { baseStyle } from "./base-style.js";
import { dialogStyle } from "./dialog-style.js";

const style = css`
  dialog { width: min(980px, calc(100vw - 32px)); }
  .parts { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 18px; margin: 14px 0; }
  label { display: grid; grid-template-rows: auto 1fr; gap: 5px; font-weight: 600; }
  textarea.field { min-height: 380px; resize: vertical; font: 13.5px/1.55 ui-monospace, monospace; font-weight: 400; }
  h3 { margin-bottom: 5px; font-size: 14px; }
  ol { display: grid; gap: 7px; max-height: 400px; overflow-y: auto; }
  li { padding: 8px 12px; border-radius: 9px; background: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
  .link { display: block; padding: 2px 0; border: 0; background: none; color: var(--accent-text); font-size: 13px; text-decoration: underline; text-underline-offset: 3px; }
  .buttons { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; align-items: center; }
  .buttons .quiet { flex: 1 1 260px; }
  .copy { min-height: 36px; padding: 6px 14px; border: 1px solid var(--line); border-radius: 9px; background: var(--raised); font-weight: 550; }
  @media (max-width: 760px) { .parts { grid-template-columns: minmax(0, 1fr); } textarea.field { min-height: 240px; } }
`;

/** A draft to be read against its sources, edited and put in place. Tells "published" and "open-message". */
class ArticleEditor extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [baseStyle, dialogStyle, style];
    this.source = h("textarea", { class: "field", spellcheck: "true", dir: "auto" });
    this.sentences = h("ol", {});
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.publish = h("button", { class: "button primary", type: "button", onclick: () => this.put() }, "Publish");
    this.dialog = h("dialog", { "aria-labelledby": "title" },
      h("h2", { id: "title" }, "Draft of an article"),
      h("div", { class: "parts" }, h("label", {}, "Source", this.source), h("section", {}, h("h3", {}, "Where each sentence is from"), this.sentences)),
      this.problem,
      h("div", { class: "buttons" }, h("span", { class: "quiet small" }, "Agents wrote these sentences to one customer each. Read and edit them first: what you publish answers everybody."),
        copyButton("Copy", () => this.source.value),
        h("button", { class: "button", type: "button", onclick: () => this.dialog.close() }, "Close"), this.publish));
    root.append(this.dialog);
  }

  edit(draft) {
    this.source.value = draft.source;
    this.problem.hidden = true;
    this.sentences.replaceChildren(...draft.sentences.map((sentence) => h("li", {}, h("span", { dir: "auto" }, sentence.text),
      h("button", { class: "link", type: "button", onclick: () => this.open(sentence.message) }, `Message ${sentence.message.seq}`, h("span", { class: "sr" }, ", open the conversation")))));
    this.dialog.showModal();
    this.source.focus();
    this.source.setSelectionRange(0, 0);
    this.source.scrollTop = 0;
  }

  open(place) {
    this.dialog.close();
    this.dispatchEvent(new CustomEvent("open-message", { detail: place }));
  }

  say(problem) {
    this.problem.textContent = problem;
    this.problem.hidden = false;
  }

  async put() {
    const source = this.source.value;
    const id = /^\s*id\s*=\s*["']([^"']*)["']/m.exec(source)?.[1];
    if (!id) return this.say("The front matter names no id. Write one, such as id = \"gift-cards\".");
    this.publish.disabled = true;
    try {
      const article = await this.api.put(`/v1/articles/${encodeURIComponent(id)}`, { source });
      this.dialog.close();
      this.dispatchEvent(new CustomEvent("published", { detail: article }));
    } catch (error) {
      this.say(error.message);
    }
    this.publish.disabled = false;
  }
}

customElements.define("article-editor", ArticleEditor);
