import assert from "node:assert/strict";
import test from "node:test";
import { picture } from "../support/browser.mjs";
import { Customer } from "../support/customer.mjs";

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
  const customer = await Customer.arrives();
  await customer.says("How long do I have to return something?");
  await customer.input.press("Escape");
  await customer.page.getByRole("button", { name: /Open chat, \d unread message/ }).waitFor();
});
