import assert from "node:assert/strict";
import test from "node:test";
import { picture, visit } from "../support/browser.mjs";
import { Customer } from "../support/customer.mjs";

test("a visitor tries a suggestion with one click", async () => {
  const customer = await Customer.arrives();
  const first = customer.page.locator("demo-tour button").first();
  const text = await first.locator("q").textContent();
  await first.click();
  await customer.sees("contact", text);
  await customer.sees("assistant");
});

test("a visitor texts the shop and reads the answer on the pretend phone", async () => {
  const { page } = await Customer.arrives();
  await page.getByRole("tab", { name: "Phone & mailbox" }).click();
  const outbox = page.locator("demo-outbox [role=log] .sms");
  const before = await outbox.count();
  await page.getByLabel("Message", { exact: true }).fill("How long do I have to return something?");
  await page.getByRole("button", { name: "Send text" }).click();
  await page.getByText("Sent. The answer comes below.").waitFor();
  await outbox.nth(before).waitFor();
  assert.match(await outbox.first().textContent(), /30 days/);
  await picture(page, "pretend-phone");
});

test("a developer finds a call and copies it", async () => {
  const page = await visit("/docs");
  await page.locator(".operation").first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("triage");
  const shown = page.locator(".operation:visible");
  await shown.first().getByText("/v1/triage").first().waitFor();
  assert.match(await shown.first().locator("pre").first().textContent(), /^curl -X POST 'http.*\/v1\/triage'/);
  const body = /-d '([^']+)'/.exec(await shown.first().locator("pre").first().textContent())[1];
  assert.deepEqual(Object.keys(JSON.parse(body)), ["text"], "what may be left out is left out");
  await shown.first().getByRole("button", { name: "Copy curl" }).waitFor();
  await picture(page, "docs");
});

test("a search that finds nothing says so", async () => {
  const page = await visit("/docs");
  await page.locator(".operation").first().waitFor();
  await page.getByLabel("Search operations").fill("no such thing at all");
  await page.getByText("No operation has these words.").waitFor();
});
