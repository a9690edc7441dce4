const SILENCE_MS = 60_000;

/** Splits a byte stream into server-sent events: { id, event, data }. */
export async function* serverSentEvents(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = {};
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield null;
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === "") {
          if (event.data !== undefined) yield event;
          event = {};
          continue;
        }
        const [, field, text] = /^([^:]*):? ?(.*)$/.exec(line);
        if (field === "data") event.data = event.data === undefined ? text : `${event.data}\n${text}`;
        else if (field === "id" || field === "event") event[field] = text;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Listens to live events for as long as it runs: reconnects with growing pauses and resumes after the last event. */
export class LiveEvents {
  constructor(api, heard, changed) {
    Object.assign(this, { api, heard, changed, lastId: null, attempts: 0, running: false });
  }

  start() {
    this.running = true;
    this.again = () => this.running && !this.busy && this.listen();
    addEventListener("online", this.again);
    this.listen();
  }

  stop() {
    this.running = false;
    removeEventListener("online", this.again);
    clearTimeout(this.retry);
    this.abort?.abort();
  }

  async listen() {
    clearTimeout(this.retry);
    this.busy = true;
    this.abort = new AbortController();
    try {
      const stream = await this.api.events(this.lastId, this.abort.signal);
      this.attempts = 0;
      this.changed("live");
      for await (const event of serverSentEvents(stream)) {
        this.watch();
        if (!event) continue;
        if (event.id) this.lastId = event.id;
        this.heard(event.event, JSON.parse(event.data));
      }
    } catch (error) {
      if (error.status === 401 || error.status === 403) this.running = false;
    }
    clearTimeout(this.silence);
    this.busy = false;
    if (!this.running) return;
    this.changed("lost");
    const wait = Math.min(15_000, 500 * 2 ** this.attempts) * (0.5 + Math.random() / 2);
    this.attempts += 1;
    this.retry = setTimeout(this.again, wait);
  }

  /** A stream that says nothing for long, not even a comment, is taken for dead. */
  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.abort.abort(), SILENCE_MS);
  }
}
