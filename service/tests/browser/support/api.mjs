/* The few API calls that stories use to look behind the pages. */
import assert from "node:assert/strict";
import { ADMIN_KEY, URL_OF_DEMO } from "./browser.mjs";

/** Calls the API as the admin; answers the body. */
export async function call(method, path, body) {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, ...(body && { "content-type": "application/json" }) };
  const response = await fetch(URL_OF_DEMO + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path} answered ${response.status}`);
  return response.status === 204 ? null : response.json();
}

export function conversation(id) {
  return call("GET", `/v1/conversations/${id}`);
}
