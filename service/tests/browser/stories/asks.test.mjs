import assert from "node:assert/strict";
import test from "node:test";
import { picture } from "../support/browser.mjs";
import { Customer } from "../support/customer.mjs";
import { arrivesThrough } from "../support/wire.mjs";

test("a customer asks and gets an answer that names its source", async () => {
  const customer = await Customer.arrives();
  await picture(customer.page, "shop");
  await customer.says("How long do I have to return something?");
  const answer = await customer.sees("assistant", "30 days");
  assert.ok(answer.sources.some((source) => /^From: .*return/i.test(source)), `sources: ${answer.sources}`);
  const question = await customer.sees("contact", "How long");
  assert.match(question.note, /^Sent/);
  await picture(customer.page, "answer");
});

test("a customer who was not clear is asked back and chooses a reply", async () => {
  const customer = await Customer.arrives();
  await customer.says("it's about the parcel, I need it changed");
  const replies = customer.widget.getByRole("group", { name: "Suggested replies" });
  const first = replies.getByRole("button").first();
  const text = await first.textContent();
  await picture(customer.page, "asked-back");
  await first.click();
  await customer.sees("contact", text);
  assert.ok(await customer.input.evaluate((input) => input.getRootNode().activeElement === input), "the customer can go on writing");
});

test("a customer proves with a code that an order is theirs, and hears where it is", async () => {
  const customer = await Customer.arrives();
  const { page } = customer;
  await customer.says("where is my order AW-100001?");
  await customer.sees("assistant", "e-mail");
  await customer.says("ada@example.com");
  await customer.sees("assistant", "code");
  await page.getByRole("tab", { name: "Phone & mailbox" }).click();
  const mail = page.locator("demo-outbox .email").filter({ hasText: "ada@example.com" }).first();
  const [code] = /\d{6}/.exec(await mail.getByRole("button").textContent());
  await customer.says(code);
  await customer.sees("assistant", "AW-100001");
  await picture(page, "order");
});

test("a customer comes back to the thread on another page", async () => {
  const customer = await Customer.arrives();
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");
  const before = await customer.messages();
  await customer.page.reload();
  await customer.opens();
  await customer.sees("assistant", "30 days");
  const after = await customer.messages();
  assert.deepEqual(after.map(({ author, text }) => [author, text]), before.map(({ author, text }) => [author, text]));
});

test("a customer who closed the chat sees that an answer came", async () => {
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  const customer = await arrivesThrough((frame, send) => (frame.message.author === "assistant" ? answer(send) : send()));
  await customer.says("How long do I have to return something?");
  const send = await answered;
  await customer.input.press("Escape");
  send();
  await customer.page.getByRole("button", { name: /Open chat, \d unread message/ }).waitFor();
});
