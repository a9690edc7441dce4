import assert from "node:assert/strict";
import test from "node:test";
import { Agent } from "../support/agent.mjs";
import { Customer } from "../support/customer.mjs";

async function handedOver(text) {
  const customer = await Customer.arrives();
  await customer.says(text);
  await customer.sees("contact");
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  return customer;
}

const direction = (bubble) => bubble.evaluate((node) => getComputedStyle(node).direction);

test("a message written from right to left is shown so, to the customer and to the agent", async () => {
  const text = "مرحبا، أين طلبي AW-100003؟";
  const customer = await handedOver(text);
  const agent = await Agent.signsIn("Nil");
  await agent.opens(customer);
  for (const place of [customer.widget, agent.thread]) {
    assert.equal(await direction(place.locator(".bubble").filter({ hasText: text })), "rtl");
    assert.equal(await direction(place.locator(".bubble").filter({ hasText: "talk to a person" }).first()), "ltr");
  }
});

test("a word without end pushes nothing out of the console", async () => {
  const customer = await handedOver("Withoutabreak".repeat(30));
  const agent = await Agent.signsIn("Max", { viewport: { width: 1280, height: 800 } });
  await agent.opens(customer);
  for (const pane of [agent.thread, agent.brief]) {
    const edge = await pane.evaluate((node) => node.getBoundingClientRect().right);
    const beyond = await pane.locator("h2, .chip, .bubble, .button, .lead, textarea").evaluateAll((parts, limit) =>
      parts.filter((part) => part.getBoundingClientRect().right > limit).map((part) => part.outerHTML), edge);
    assert.deepEqual(beyond, []);
  }
});
