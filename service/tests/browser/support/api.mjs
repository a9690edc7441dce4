/* The few API calls that stories use to look behind the pages. */
import assert from "node:assert/strict";
import { ADMIN_KEY, URL_OF_DEMO } from "./browser.mjs";

export async function conversation(id) {
  const response = await fetch(`${URL_OF_DEMO}/v1/conversations/${id}`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  assert.equal(response.status, 200, `GET conversation ${id}`);
  return response.json();
}
