import assert from "node:assert/strict";
import test from "node:test";
import { Agent } from "../support/agent.mjs";
import { Customer } from "../support/customer.mjs";
import { eventually } from "../support/browser.mjs";

/** What has the focus, looking into shadow roots: its label or text. */
function focused(page) {
  return page.evaluate(() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node?.getAttribute("aria-label") || node?.id || node?.textContent;
  });
}

async function tabTo(page, wanted) {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    if (wanted.test(await focused(page))) return;
  }
  assert.fail(`Tab never reached ${wanted}`);
}

test("a customer needs no mouse", async () => {
  const visitor = await Customer.arrives();
  const { page } = visitor;
  await tabTo(page, /^Open chat/);
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal(await focused(page), "text"));
  await page.keyboard.type("How long do I have");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("to return something?");
  await page.keyboard.press("Enter");
  assert.equal((await visitor.sees("contact", "How long")).text, "How long do I have\nto return something?");
  await visitor.sees("assistant", "30 days");
  await page.keyboard.press("Escape");
  assert.ok(await visitor.input.isHidden());
  assert.match(await focused(page), /^Open chat/);
});

test("an agent who claims with the keyboard does not lose their place", async () => {
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const agent = await Agent.signsIn("Bea");
  await agent.opens(customer);
  await agent.page.getByRole("button", { name: "Claim" }).press("Enter");
  await agent.thread.getByText("With you", { exact: true }).waitFor();
  await eventually(async () => assert.equal(await focused(agent.page), "Resolve"));
});

test("an agent needs no mouse", async () => {
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const agent = await Agent.signsIn("Kim", { viewport: { width: 1280, height: 500 } });
  const { page, thread } = agent;
  const row = agent.row(await customer.conversation());
  await row.waitFor();
  for (let presses = 0; presses < 60 && (await row.getAttribute("aria-current")) !== "true"; presses += 1) await page.keyboard.press("j");
  await thread.getByText("talk to a person").first().waitFor();
  const box = await row.boundingBox();
  assert.ok(box.y >= 0 && box.y + box.height <= 500, `the opened row is out of sight at ${box.y}`);
  await page.keyboard.press("c");
  await thread.getByText("With you", { exact: true }).waitFor();
  await page.keyboard.press("r");
  await page.keyboard.type("Kim here, without a mouse.");
  await page.keyboard.press("Control+Enter");
  await customer.sees("agent", "without a mouse");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
});
