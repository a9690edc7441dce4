import assert from "node:assert/strict";
import test from "node:test";
import { Agent } from "../support/agent.mjs";
import { visit } from "../support/browser.mjs";
import { Customer } from "../support/customer.mjs";

test("markup in a message stays text, for the customer and for the agent", async () => {
  const evil = `<img src=x onerror="document.title='broken'"><script>document.title='broken'</script> Can I talk to a person please?`;
  const customer = await Customer.arrives();
  await customer.says(evil);
  await customer.owner("queue");
  assert.equal((await customer.sees("contact", "talk to a person")).text, evil);
  const agent = await Agent.signsIn("Lou");
  await agent.opens(customer);
  await agent.thread.getByText("<img src=x").first().waitFor();
  for (const page of [customer.page, agent.page]) {
    assert.notEqual(await page.title(), "broken");
    assert.equal(await page.locator("img[src=x]").count(), 0);
  }
});

test("a link in a message opens elsewhere and cannot reach back", async () => {
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const agent = await Agent.signsIn("Ash");
  await agent.opens(customer);
  await agent.says("See https://example.com/care. Not javascript:alert(1)");
  await customer.sees("agent", "example.com");
  const links = await customer.widget.locator(".agent .bubble a").evaluateAll((found) => found.map((link) => [link.href, link.target, link.rel]));
  assert.deepEqual(links, [["https://example.com/care", "_blank", "noopener noreferrer nofollow"]]);
});

test("a wrong key opens nothing", async () => {
  const page = await visit("/console#key=wrong");
  await page.getByLabel("Your name").fill("Eve");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("key is not known").waitFor();
  assert.ok(!page.url().includes("wrong"));
  await page.locator("input[name=key]:focus").waitFor();
});
