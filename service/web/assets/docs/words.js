import { h } from "../elements/h.js";
import { linked } from "../elements/linked.js";

/** A description's paragraphs, with `code` set as code. Everything else stays plain text. */
export function words(text) {
  const paragraphs = String(text ?? "").split(/\n\s*\n/).map((paragraph) => paragraph.trim()).filter(Boolean);
  const set = (paragraph) => paragraph.split(/`([^`]+)`/).flatMap((piece, idx) => (idx % 2 ? h("code", {}, piece) : linked(piece)));
  if (paragraphs.length === 1) return h("p", { class: "words" }, set(paragraphs[0]));
  return h("div", { class: "words" }, paragraphs.map((paragraph) => h("p", {}, set(paragraph))));
}
