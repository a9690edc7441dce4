import { h } from "../elements/h.js";
import { clock } from "../elements/dates.js";
import { nothing } from "./gap-topics.js";
import { percent } from "./words.js";

const DIFFERS = { amount: "Amounts differ", percentage: "Percentages differ", period: "Lengths of time differ", date: "Dates differ", time: "Times differ", number: "Numbers differ", negation: "One says yes, the other no" };
const FIGURE = /(\p{Sc}?\p{N}(?:[\p{N}.,:]*\p{N})?(?:\s?(?:%|\p{Sc}))?)/u;
const NEGATION = /\b(not|no|never|cannot|\w+n['’]t)\b/i;

/** Sentences of two articles that may contradict each other, side by side. */
export function contradictions({ contradictions: found }) {
  if (!found.length) return [nothing("No two articles seem to contradict each other.")];
  return [
    h("p", { class: "lead quiet" }, "Sentences that speak of much the same thing and state different things. Not every one is a mistake."),
    ...found.map((pair) => h("article", { class: "card pair" },
      h("div", { class: "chips" }, h("span", { class: "chip warn" }, DIFFERS[pair.differs_in] ?? pair.differs_in), h("span", { class: "chip" }, `${percent(pair.similarity)} alike`)),
      h("div", { class: "sides" }, pair.sentences.map((sentence) => side(sentence, marked(sentence.text, pair.differs_in)))))),
  ];
}

/** Articles that say the same, side by side. */
export function duplicates({ duplicates: found }) {
  if (!found.length) return [nothing("No two articles say the same.")];
  return [
    h("p", { class: "lead quiet" }, "Articles that say the same, so that only one of them may be kept right. Consider making one of two."),
    ...found.map((pair) => h("article", { class: "card pair" },
      h("div", { class: "chips" }, h("span", { class: "chip warn" }, `${percent(pair.similarity)} alike`), h("span", { class: "chip" }, `${percent(pair.shared)} of the shorter one is in the other`)),
      h("div", { class: "sides" }, pair.passages.map((passage) => side(passage, [passage.text]))))),
  ];
}

function side(excerpt, text) {
  return h("div", { class: "side" }, h("b", {}, excerpt.title), h("div", { class: "quiet small" }, excerpt.article), h("p", { class: "text", tabindex: "0", dir: "auto" }, text));
}

/** The text with what differs marked. */
function marked(text, differsIn) {
  const pattern = differsIn === "negation" ? NEGATION : FIGURE;
  return text.split(pattern).map((piece, idx) => (idx % 2 ? h("mark", {}, piece) : piece));
}

/** Articles nobody needed, and below them how often the others were of use. */
export function articleUse({ unused, unused_total: total, used }) {
  return [
    h("p", { class: "lead quiet" }, "Neither cited in a reply nor suggested to an agent in this period."),
    unused.length ? h("div", { class: "card" }, table("Not used", ["Article", "Last saved"], unused, (row) => [age(row.age_days)])) : nothing("Every article was of use."),
    total > unused.length && h("p", { class: "quiet small" }, `And ${total - unused.length} more.`),
    used.length > 0 && h("h3", {}, "Of use"),
    used.length > 0 && h("div", { class: "card" }, table("Of use", ["Article", "Cited", "Suggested", "Last cited"], used, (row) => [row.cited, row.suggested, row.last_cited ? clock(row.last_cited) : "–"])),
  ].filter(Boolean);
}

function table(caption, heads, rows, cells) {
  return h("table", {}, h("caption", { class: "sr" }, caption),
    h("thead", {}, h("tr", {}, heads.map((head, idx) => h("th", { scope: "col", class: idx ? "number" : "" }, head)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.title, h("small", {}, row.article)), cells(row).map((cell) => h("td", { class: "number" }, String(cell)))))));
}

function age(days) {
  if (days === null || days === undefined) return "in the content folder";
  return days === 0 ? "today" : days === 1 ? "yesterday" : `${days} days ago`;
}
