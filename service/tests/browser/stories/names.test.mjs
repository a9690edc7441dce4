import assert from "node:assert/strict";
import test from "node:test";
import { Agent } from "../support/agent.mjs";
import { visit } from "../support/browser.mjs";
import { brokenStructure, nameless } from "../support/controls.mjs";
import { Customer } from "../support/customer.mjs";

async function assertReadable(page) {
  assert.deepEqual(await nameless(page), [], "controls without a name");
  assert.deepEqual(await brokenStructure(page), []);
}

test("everything in the shop and its chat has a name", async () => {
  const customer = await Customer.arrives();
  await assertReadable(customer.page);
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");
  await assertReadable(customer.page);
});

test("everything in the console has a name", async () => {
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  await assertReadable(await visit("/console"));
  const agent = await Agent.signsIn("Ola");
  await agent.opens(customer);
  await assertReadable(agent.page);
});

test("everything in the API documentation has a name", async () => {
  const page = await visit("/docs");
  await page.locator(".operation").first().waitFor();
  await assertReadable(page);
});
