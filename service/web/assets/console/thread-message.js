import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { linked } from "../elements/linked.js";
import { clock } from "../elements/dates.js";
import { decisionView } from "./decision-view.js";
import { channelIcon } from "./icons.js";
import { channelWords, contactName, plain } from "./words.js";

export const messageStyle = css`
  .message { width: fit-content; max-width: min(84%, 640px); margin: 14px 0 0; border-radius: 12px; }
  .message.continued { margin-top: 4px; }
  .message.assistant, .message.agent { margin-left: auto; }
  .message:focus { outline: none; }
  .pointed .bubble { animation: point 1.6s ease-out; outline: 2px solid var(--accent); }
  @keyframes point { from { box-shadow: 0 0 0 6px var(--accent-soft); } }
  .bubble { width: fit-content; padding: 9px 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--contact); white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
  .assistant .bubble, .agent .bubble { margin-left: auto; }
  .assistant .bubble { background: var(--assistant); }
  .agent .bubble { background: var(--agent); }
  .bubble a { color: var(--accent-text); }
  .by { display: flex; flex-wrap: wrap; align-items: center; gap: 3px 9px; margin: 0 3px 3px; color: var(--quiet); font-size: 13px; }
  .by b { color: var(--text); }
  .after { margin: 3px 3px 0; color: var(--quiet); font-size: 13px; }
  .after .bad { color: var(--bad); font-weight: 650; }
  .assistant .after, .agent .after, .assistant .by, .agent .by { justify-content: flex-end; text-align: right; }
  .message.system { width: auto; max-width: none; text-align: center; color: var(--quiet); font-size: 13.5px; overflow-wrap: anywhere; }
  .switch { display: flex; align-items: center; gap: 10px; margin: 20px 0 4px; color: var(--quiet); font-size: 13px; }
  .switch::before, .switch::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
  .after .chips { justify-content: flex-end; margin-bottom: 3px; }
  .decision { margin-top: 4px; text-align: left; }
  .decision summary { padding: 2px 0; cursor: pointer; }
  .assistant .decision summary, .agent .decision summary { text-align: right; }
  .decision dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 12px; margin-top: 4px; padding: 9px 13px; border-radius: 9px; background: var(--soft); color: var(--text); }
  .decision dt { color: var(--quiet); }
`;

/** One message of the thread, with its channel, delivery state and, for the assistant's, the decision behind it. */
export function threadMessage(message, thread) {
  const kind = message.author?.kind ?? "system";
  const switched = message.switched && kind !== "system"
    ? h("div", { class: "switch" }, h("span", {}, channelIcon(message.channel), ` continues by ${channelWords(message.channel).toLowerCase()}`)) : null;
  if (kind === "system") return h("li", {}, h("div", { class: "message system" }, h("span", { class: "chip", title: "Customers do not see it." }, "Note"), " ", h("bdi", {}, message.text), " · ", time(message)));
  const name = kind === "contact" ? contactName(thread.contact) : kind === "assistant" ? "Assistant" : message.author.name || "Agent";
  return h("li", {}, switched, h("div", { class: `message ${kind} ${message.isContinued ? "continued" : ""}` },
    h("div", { class: message.isContinued ? "sr" : "by" }, h("b", { dir: "auto" }, name), h("span", {}, channelIcon(message.channel), h("span", { class: "sr" }, ` ${channelWords(message.channel)}`)),
      time(message)),
    h("div", { class: "bubble", dir: "auto" }, linked(message.text)),
    h("div", { class: "after" }, sources(message), kind === "contact" ? null : delivery(message.delivery), message.decision && decisionView(message.decision))));
}

function time(message) {
  return h("time", { datetime: message.sent_at }, clock(message.sent_at));
}

function sources(message) {
  if (!message.citations?.length) return null;
  return h("div", { class: "chips" }, message.citations.map((citation) => h("span", { class: "chip" }, `From: ${citation.title || citation.article}`)));
}

function delivery(state) {
  if (!state || state === "none") return null;
  if (state === "failed") return h("span", { class: "bad" }, "Not delivered");
  return h("span", {}, state === "withheld" ? "Held back: a person had taken over" : plain(state));
}
