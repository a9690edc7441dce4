/** The three lists on the left, each brought to one row shape. */
export const TABS = [
  { name: "waiting", title: "Waiting", empty: "Nobody is waiting." },
  { name: "mine", title: "Mine", empty: "You have no conversations. Claim one from Waiting." },
  { name: "all", title: "All", empty: "No conversations here." },
];

const RANK = { urgent: 0, high: 1, normal: 2, low: 3 };
const PAGES_FOR_MINE = 5;
const ROWS = 100;

/** Loads one list; of all conversations the first `pages` pages. Answers { rows, more }. */
export function loadList(api, name, { agent, status, pages }) {
  if (name === "waiting") return loadWaiting(api);
  const isMine = (conversation) => conversation.owner?.agent === agent;
  return name === "mine" ? loadPages(api, { owner: "agent" }, PAGES_FOR_MINE, isMine) : loadPages(api, { status }, pages, () => true);
}

async function loadWaiting(api) {
  const page = await api.get("/v1/handoffs", { status: "waiting", limit: ROWS });
  const rows = page.data.map((handoff) => ({
    id: handoff.conversation_id, contact: handoff.contact, channel: handoff.channel, preview: handoff.preview, priority: handoff.priority,
    reasons: handoff.reasons ?? [], queue: handoff.queue, since: handoff.created_at, due: handoff.expected_reply_at, owner: { kind: "queue", queue: handoff.queue },
  }));
  rows.sort((a, b) => (RANK[a.priority] ?? 2) - (RANK[b.priority] ?? 2) || String(a.since).localeCompare(String(b.since)));
  return { rows, more: false };
}

async function loadPages(api, query, pages, wanted) {
  const rows = new Map();
  let cursor = null;
  for (let loaded = 0; loaded < pages; loaded += 1) {
    const page = await api.get("/v1/conversations", { ...query, cursor, limit: ROWS });
    for (const conversation of page.data.filter(wanted)) rows.set(conversation.id, row(conversation));
    cursor = page.next_cursor;
    if (!cursor) break;
  }
  return { rows: [...rows.values()], more: Boolean(cursor) };
}

function row(conversation) {
  const last = conversation.last_message;
  return {
    id: conversation.id, contact: conversation.contact, channel: conversation.channels?.at(-1), preview: last?.text ?? conversation.subject ?? "", from: last?.author,
    priority: conversation.priority, reasons: [], queue: conversation.owner?.queue, updated: last?.at ?? conversation.updated_at, owner: conversation.owner, status: conversation.status,
  };
}
