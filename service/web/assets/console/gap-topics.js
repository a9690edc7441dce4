import { h } from "../elements/h.js";
import { clock } from "../elements/dates.js";
import { percent, reasonWords } from "./words.js";

const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** Questions that nothing answered, one fold-out each, the most frequent first. */
export function gapTopics(gaps, page) {
  if (!gaps.topics.length) return [nothing("Nothing was asked twice without an answer.")];
  const most = Math.max(...gaps.topics.map((topic) => topic.messages));
  return [
    h("p", { class: "lead quiet" }, "What customers asked more than once and no article answered. Personal data is masked."),
    ...gaps.topics.map((topic) => h("details", { class: "card topic", name: "topic" }, heading(topic, most), inside(topic, page))),
  ];
}

export function nothing(text) {
  return h("p", { class: "card nothing quiet" }, text);
}

function heading(topic, most) {
  return h("summary", {},
    h("b", { dir: "auto" }, topic.name),
    h("span", { class: "count small quiet" }, `${count(topic.messages, "message")} · ${count(topic.contacts, "person", "people")}`),
    bar(topic.messages / most, topic.answered_now ? "settled" : ""),
    h("span", { class: "chips" },
      topic.answered_now && h("span", { class: "chip good" }, "✓ An article answers this now"),
      topic.draft && h("span", { class: "chip accent" }, "Draft from agents’ replies"),
      topic.reasons.map((reason) => h("span", { class: "chip" }, `${reasonWords(reason)} ${reason.messages}`))));
}

/** A share as a bar; decoration only, always beside its number. */
export function bar(share, kind = "") {
  return h("span", { class: `bar ${kind}`, "aria-hidden": "true", style: `--share: ${Math.min(1, Math.max(0, share)).toFixed(3)}` });
}

function inside(topic, page) {
  return h("div", { class: "inside" },
    h("section", {}, h("h3", {}, "As it was asked"), h("ul", { class: "quotes" }, topic.samples.map((sample) => h("li", {},
      h("span", { dir: "auto" }, sample.text), source(sample.message, clock(sample.at), page))))),
    h("section", {}, h("h3", {}, "Nearest article"), topic.nearest ? nearest(topic.nearest) : h("p", { class: "quiet" }, "None is anywhere near.")),
    h("section", {}, h("h3", {}, "How it went on"), h("p", {}, went(topic)),
      topic.draft && h("div", { class: "actions", style: "margin-top: 10px" },
        h("button", { class: "button primary", type: "button", onclick: () => page.edit(topic.draft) }, "Show the draft"),
        h("span", { class: "quiet small" }, `${count(topic.draft.sentences.length, "sentence")} of your agents. Nothing is published before you do it.`))));
}

/** A button that leads to a message. */
export function source(place, words, page) {
  return h("button", { class: "link", type: "button", onclick: () => page.open(place) }, words, h("span", { class: "sr" }, ", open the conversation"));
}

function nearest(article) {
  return h("div", { class: "near" },
    h("span", {}, h("b", {}, article.title), h("span", { class: "quiet small" }, ` ${article.article}${article.audience === "agents" ? ", for agents only" : ""}`)),
    bar(article.score), h("span", { class: "small" }, `${percent(article.score)} near`));
}

function went(topic) {
  const handed = topic.handed_over ? `${count(topic.handed_over, "message")} went to a person` : "Nobody was handed to a person";
  const back = topic.messages - topic.handed_over;
  const asked = back ? `, ${back} ${back === 1 ? "was" : "were"} asked back about` : "";
  return `${handed}${asked}. ${topic.replied ? `Agents replied in ${count(topic.replied, "conversation")}.` : "No agent has replied."}`;
}
