import { h } from "../elements/h.js";
import { css } from "../elements/css.js";
import { clock } from "../elements/dates.js";
import { channelIcon } from "./icons.js";
import { channelWords, contactName, ownerWords, plain, reasonWords } from "./words.js";
import "./wait-clock.js";

export const rowStyle = css`
  .row { display: block; width: 100%; padding: 12px 16px 12px 20px; border: 0; border-bottom: 1px solid var(--line); background: none; text-align: left; }
  .row:hover { background: var(--soft); }
  .row[aria-current=true] { background: var(--accent-soft); box-shadow: inset 4px 0 0 var(--accent); }
  .row:is(:hover, [aria-current=true]) .chip:not(.urgent, .high, .warn) { background: var(--pane); }
  .row:focus-visible { outline-offset: -3px; }
  .head { display: flex; align-items: center; gap: 8px; }
  .head b { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .preview { display: -webkit-box; overflow: hidden; margin: 3px 0 6px; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow-wrap: anywhere; }
  wait-clock { font-variant-numeric: tabular-nums; font-size: 13px; color: var(--quiet); }
  wait-clock.late { color: var(--bad); font-weight: 650; }
`;

/** One row of a list: who, since when, what about and why. */
export function conversationRow(row, desk) {
  const isWaiting = row.tab === "waiting";
  const time = isWaiting
    ? h("span", {}, h("span", { class: "sr" }, "waiting for "), h("wait-clock", { since: row.since, due: row.due }))
    : h("time", { class: "quiet small", datetime: row.updated }, clock(row.updated));
  return h("li", {}, h("button", { class: "row", type: "button", "aria-current": String(row.isOpen), onclick: () => desk.select(row.id) },
    h("span", { class: "head" }, channelIcon(row.channel), h("b", { dir: "auto" }, contactName(row.contact)), h("span", { class: "sr" }, `by ${channelWords(row.channel)}`), time),
    h("span", { class: "preview quiet", dir: "auto" }, row.from === "agent" || row.from === "assistant" ? `${plain(row.from)}: ${row.preview}` : row.preview),
    h("span", { class: "chips" }, chips(row, desk))));
}

function chips(row, desk) {
  const priority = row.priority === "urgent" || row.priority === "high" ? h("span", { class: `chip ${row.priority}` }, plain(row.priority)) : null;
  if (row.tab === "waiting") {
    return [priority, ...row.reasons.map((reason) => h("span", { class: "chip" }, reasonWords(reason))), row.queue && h("span", { class: "chip accent" }, plain(row.queue))];
  }
  const isMyTurn = row.from === "contact" && row.owner?.kind === "agent" && row.owner.agent === desk.agent;
  return [isMyTurn && h("span", { class: "chip warn" }, "Waits for your reply"), priority, h("span", { class: "chip" }, ownerWords(row.owner, desk.agent)), row.status === "snoozed" && h("span", { class: "chip" }, "Snoozed")];
}
