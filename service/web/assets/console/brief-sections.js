import { h } from "../elements/h.js";
import { clock } from "../elements/dates.js";
import { channelIcon } from "./icons.js";
import { moodLine } from "./mood-line.js";
import { addressWords, channelWords, contactName, percent, plain, reasonLine } from "./words.js";

const LANGUAGES = new Intl.DisplayNames(undefined, { type: "language", fallback: "code" });

/** The brief from top to bottom: the problem first, then what to do, then everything behind it. */
export function briefSections(thread, desk) {
  const { handoff } = thread;
  const brief = handoff?.brief;
  if (!brief) return withoutBrief(thread);
  const from = (line) => sources(line?.messages, thread, desk);
  return [
    section("Problem", h("p", { class: "lead" }, brief.problem?.text, from(brief.problem))),
    due(thread, brief),
    nextStep(brief.suggested_next_step, desk),
    brief.summary?.text && section("Summary", h("p", {}, brief.summary.text, from(brief.summary))),
    reasons(brief.reasons, from),
    facts(brief.facts, from),
    lines("Already tried", brief.tried, from, (line) => h("span", { class: "quiet" }, [line.source && ` (${plain(line.source.replaceAll("-", " "))})`, line.outcome && `: ${plain(line.outcome)}`].filter(Boolean).join(""))),
    lines("Promised to the customer", brief.commitments, from),
    lines("Still open", brief.open_questions, from),
    intent(brief),
    brief.mood?.trajectory?.length ? section("Mood", moodLine(brief.mood)) : null,
    contact(brief, thread),
  ].filter(Boolean);
}

function withoutBrief(thread) {
  const slots = (thread.slots ?? []).map((slot) => ({ ...slot, messages: [] }));
  return [
    h("p", { class: "quiet" }, "No brief: this conversation has not been handed to a person."),
    facts(slots, () => null),
    section("Contact", h("p", {}, h("b", {}, contactName(thread.contact))), addresses(thread.contact?.identities)),
  ].filter(Boolean);
}

function section(title, ...children) {
  return h("section", {}, h("h3", {}, title), ...children);
}

/** Small buttons with the numbers of the messages that a line comes from; they lead there. */
function sources(numbers, thread, desk) {
  return (numbers ?? []).map((seq) => thread.messages.find((message) => message.seq === seq)).filter(Boolean).map((message) =>
    h("button", { class: "source", type: "button", "aria-label": `Show message ${message.seq}`, onclick: () => desk.tell("point", message.id) }, String(message.seq)));
}

function lines(title, items, from, extra = () => null) {
  if (!items?.length) return null;
  return section(title, h("ul", { class: "lines" }, items.map((line) => h("li", {}, line.text, extra(line), from(line)))));
}

function reasons(items, from) {
  const written = (items ?? []).map((reason) => ({ text: reasonLine(reason), messages: reason.message ? [reason.message] : [] }));
  return lines("Why a person", written, from);
}

function due(thread, brief) {
  const { handoff } = thread;
  const isWaiting = thread.owner?.kind === "queue";
  const at = brief.due ?? handoff.expected_reply_at;
  return section("Priority", h("div", { class: "chips" },
    h("span", { class: `chip ${brief.priority?.level ?? handoff.priority}`, title: brief.priority?.why }, `${plain(brief.priority?.level ?? handoff.priority)} priority`),
    isWaiting ? h("span", { class: "chip" }, "waiting ", h("wait-clock", { since: handoff.created_at, due: at })) : h("span", { class: "chip" }, `handed over ${clock(handoff.created_at)}`),
    isWaiting && at && h("span", { class: "chip" }, `answer by ${clock(at)}`)),
  brief.priority?.why && h("p", { class: "quiet small" }, brief.priority.why));
}

function nextStep(step, desk) {
  if (!step?.text && !step?.draft) return null;
  return h("section", {}, h("div", { class: "step" },
    h("h3", {}, "Suggested next step"), h("p", {}, step.text),
    step.articles?.length ? h("div", { class: "chips" }, step.articles.map((article) => h("span", { class: "chip" }, article.title || article.article))) : null,
    step.draft && h("blockquote", {}, step.draft),
    step.draft && h("button", { class: "button primary", type: "button", onclick: () => desk.tell("draft", step.draft) }, "Use this draft")));
}

function facts(items, from) {
  if (!items?.length) return null;
  return section("Facts", h("ul", { class: "lines" }, items.map((fact) => h("li", { class: "fact" },
    h("span", { class: "quiet" }, plain(fact.name)), h("span", {}, h("b", {}, fact.value), from(fact)),
    fact.verified ? h("span", { class: "chip good" }, "✓ Verified") : h("span", { class: "chip warn" }, "Claimed")))));
}

function intent(brief) {
  if (!brief.intent) return null;
  return section("About", h("p", {}, plain(brief.intent.name), h("span", { class: "quiet" }, `, ${percent(brief.intent.confidence)} sure`)));
}

function contact(brief, thread) {
  const known = brief.contact ?? {};
  const past = known.past_conversations;
  const facts = [known.language && LANGUAGES.of(known.language), past ? `${past} earlier conversation${past > 1 ? "s" : ""}` : "First conversation"].filter(Boolean);
  return section("Contact",
    h("p", {}, h("b", {}, known.name || contactName(thread.contact)), h("span", { class: "quiet" }, ` · ${facts.join(" · ")}`)),
    addresses(known.identities),
    brief.channels && h("p", { class: "small quiet" }, `Used so far: ${(brief.channels.used ?? []).map(channelWords).join(", ") || "none"}.${brief.channels.preferred ? ` Prefers ${channelWords(brief.channels.preferred)}.` : ""}`));
}

function addresses(identities) {
  return h("ul", { class: "lines" }, (identities ?? []).map((identity) => h("li", { class: "fact" },
    h("span", { class: "quiet" }, channelIcon(identity.channel), ` ${addressWords(identity.channel)}`), h("span", {}, identity.handle), verification(identity.verification))));
}

function verification(how) {
  const proven = { channel: "✓ By channel", code: "✓ By code", signed: "✓ Signed in" }[how];
  return proven ? h("span", { class: "chip good" }, proven) : h("span", { class: "chip warn" }, how === "claimed" ? "Claimed" : "Not verified");
}
