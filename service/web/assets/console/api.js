import { uuid } from "../elements/uuid.js";

/** A refusal by the server, in its own words. `status` is 0 when it could not be reached. */
export class ApiError extends Error {
  constructor(status, code, detail) {
    super(detail);
    Object.assign(this, { status, code });
  }
}

/** The calls of the HTTP API that the console makes. */
export class Api {
  constructor(key) {
    this.key = key;
  }

  get(path, query = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
    return this.call(`${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`, {});
  }

  /** `idempotencyKey` stays the same when the same intent is tried again, so that it happens once. */
  post(path, body, idempotencyKey = uuid()) {
    return this.call(path, {
      method: "POST", body: JSON.stringify(body),
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    });
  }

  put(path, body) {
    return this.call(path, { method: "PUT", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  }

  /** Opens the event stream after the event `lastId`. */
  async events(lastId, signal) {
    const response = await fetch("/v1/events", {
      signal, headers: { accept: "text/event-stream", authorization: `Bearer ${this.key}`, ...(lastId && { "last-event-id": lastId }) },
    });
    if (!response.ok || !response.body) throw await refusal(response);
    return response.body;
  }

  async call(path, options) {
    let response;
    try {
      response = await fetch(path, { ...options, headers: { accept: "application/json", authorization: `Bearer ${this.key}`, ...options.headers } });
    } catch {
      throw new ApiError(0, "unreachable", "The server cannot be reached. Check the connection and try again.");
    }
    if (!response.ok) throw await refusal(response);
    return response.status === 204 ? null : response.json();
  }
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  return new ApiError(response.status, problem.code ?? "error", problem.detail || problem.title || `The server answered ${response.status}.`);
}
