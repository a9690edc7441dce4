import { LiveEvents } from "./events.js";
import { loadList } from "./lists.js";
import { rememberConversation } from "./session.js";

const GATHER_MS = 150;

/**
 * What the console shows: the lists, the opened conversation and the connection. Panes listen for
 * "lists", "thread", "live", "announce", "expired", "draft" and "point", and call the methods below.
 */
export class Desk extends EventTarget {
  constructor(api, agent) {
    super();
    Object.assign(this, { api, agent, tab: "waiting", queue: "", status: "", lists: {}, selected: null, thread: null, problem: null, live: "connecting", working: null, pages: 1, asked: 0 });
    this.events = new LiveEvents(api, (event, data) => this.heard(event, data), (state) => this.connection(state));
  }

  start(conversation) {
    this.events.start();
    this.refreshLists();
    if (conversation) this.select(conversation);
  }

  stop() {
    this.events.stop();
    clearTimeout(this.gathering);
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // Lists

  showTab(tab) {
    this.tab = tab;
    this.tell("lists");
    this.refreshList(tab);
  }

  filter(filters) {
    Object.assign(this, filters);
    this.tell("lists");
    if (!("status" in filters)) return;
    this.pages = 1;
    this.refreshList("all");
  }

  /** Rows of the current tab that pass the queue filter (what is mine has left its queue). */
  rows() {
    const rows = this.lists[this.tab]?.rows ?? [];
    return this.queue && this.tab !== "mine" ? rows.filter((row) => row.queue === this.queue) : rows;
  }

  queues() {
    const names = Object.values(this.lists).flatMap((list) => list.rows.map((row) => row.queue));
    return [...new Set(names.filter(Boolean))].sort();
  }

  /** Brings what is counted or seen up to date; the rest is loaded when its tab is opened. */
  refreshLists() {
    return Promise.all([...new Set(["waiting", "mine", this.tab])].map((name) => this.refreshList(name)));
  }

  async refreshList(name) {
    const { agent, status, pages } = this;
    try {
      const list = await loadList(this.api, name, { agent, status, pages });
      if (name === "all" && (status !== this.status || pages !== this.pages)) return;
      this.lists[name] = list;
    } catch (error) {
      this.failed(error);
      this.lists[name] = { rows: this.lists[name]?.rows ?? [], more: false, problem: error.message };
    }
    this.tell("lists");
  }

  loadMore() {
    this.pages += 1;
    return this.refreshList("all");
  }

  /** Opens the next (1) or previous (-1) row. */
  move(step) {
    const rows = this.rows();
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.id === this.selected);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
    this.select(rows[next].id);
  }

  // The opened conversation

  async select(id) {
    if (this.selected !== id) Object.assign(this, { selected: id, thread: null, problem: null, asked: this.asked + 1 });
    rememberConversation(id);
    this.tell("lists");
    this.tell("thread");
    if (id) await this.refreshThread();
  }

  async refreshThread() {
    const id = this.selected;
    this.asked += 1;
    const turn = this.asked;
    try {
      const thread = await this.api.get(`/v1/conversations/${encodeURIComponent(id)}`);
      if (turn === this.asked) Object.assign(this, { thread, problem: null });
    } catch (error) {
      this.failed(error);
      if (turn === this.asked) this.problem = error.message;
    }
    if (turn === this.asked) this.tell("thread");
  }

  /** What this agent may do with the opened conversation now. */
  allowed() {
    const { thread, agent } = this;
    if (!thread) return new Set();
    const kind = thread.owner?.kind ?? "none";
    const isMine = kind === "agent" && thread.owner.agent === agent;
    if (kind === "agent" && !isMine) return new Set();
    if (isMine) return new Set(["reply", "release", "resolve", "return"]);
    if (kind === "queue") return new Set(["reply", "claim", "resolve", "return"]);
    if (kind === "assistant") return new Set(["reply", "claim"]);
    return new Set(["reopen"]);
  }

  /** Claims, releases, resolves, reopens or returns. Answers whether the server agreed. */
  async act(action, note) {
    const id = this.selected;
    const queue = action === "release" || action === "reopen" ? this.thread?.handoff?.queue : null;
    if (!this.allowed().has(action) || this.working) return false;
    this.working = action;
    this.tell("thread");
    let done = true;
    try {
      await this.api.post(`/v1/conversations/${encodeURIComponent(id)}/${action}`, { agent: this.agent, ...(note && { note }), ...(queue && { queue }) });
    } catch (error) {
      done = false;
      this.failed(error);
      this.tell("announce", { text: error.message, bad: true });
    }
    this.working = null;
    await Promise.all([this.refreshThread(), this.refreshLists()]);
    return done;
  }

  /** Sends a reply; throws the refusal, so that the composer can keep the text. */
  async reply(id, text, idempotencyKey) {
    try {
      await this.api.post(`/v1/conversations/${encodeURIComponent(id)}/messages`, { agent: this.agent, text }, idempotencyKey);
    } catch (error) {
      this.failed(error);
      throw error;
    } finally {
      this.gather(id);
    }
  }

  // Live

  heard(event, data) {
    if (event === "handoff_created") this.tell("announce", { text: "Someone new is waiting." });
    this.gather(data.conversation_id);
  }

  /** Several events close together cause one refresh. */
  gather(conversation) {
    this.stale = this.stale || conversation === this.selected;
    this.gathering ??= setTimeout(() => {
      this.gathering = null;
      if (this.stale && this.selected) this.refreshThread();
      this.stale = false;
      this.refreshLists();
    }, GATHER_MS);
  }

  connection(state) {
    const wasLost = this.live === "lost";
    this.live = state;
    this.tell("live");
    if (state !== "live" || !wasLost) return;
    this.refreshLists();
    if (this.selected) this.refreshThread();
  }

  failed(error) {
    if (error.status === 401) this.tell("expired", { text: error.message });
  }
}
