import assert from "node:assert/strict";
import test from "node:test";
import { Agent } from "../support/agent.mjs";
import { picture } from "../support/browser.mjs";
import { Customer } from "../support/customer.mjs";

const ANGRY = "This is ridiculous! It is the third time I ask and nobody helps me. I am furious.";

test("an angry customer is handed to a person, who knows the story and answers while the assistant stays silent", async () => {
  const customer = await Customer.arrives();
  await customer.says(ANGRY);
  await customer.owner("queue");
  await customer.isTold("A person is coming.");
  await picture(customer.page, "handed-over");

  const agent = await Agent.signsIn("Sam");
  assert.ok(!agent.page.url().includes("key="), "the key has left the address bar");
  await agent.opens(customer);
  await agent.brief.getByRole("heading", { name: "Problem" }).waitFor();
  await agent.brief.getByText("ridiculous").first().waitFor();
  await picture(agent.page, "brief");

  await agent.does("Claim");
  await agent.page.getByRole("button", { name: "Release" }).waitFor();
  await customer.owner("agent");
  await customer.isTold("Sam from support");
  await agent.says("Hello, this is Sam. I am looking at it now.");
  const reply = await customer.sees("agent", "this is Sam");
  assert.match(reply.name, /Sam/);

  await customer.says("How long do I have to return something?");
  await agent.thread.getByText("How long do I have to return something?").first().waitFor();
  await agent.says("Thirty days. I have sent you the label.");
  await customer.sees("agent", "sent you the label");
  const messages = await customer.messages();
  const taken = messages.findIndex((message) => message.author === "agent");
  assert.deepEqual(messages.slice(taken).filter((message) => message.author === "assistant"), [], "the assistant spoke over a person");
  await picture(customer.page, "agent-replied");
  await picture(agent.page, "console-after-reply");
});

test("an agent gives the conversation back with a note, and the assistant answers again", async () => {
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const agent = await Agent.signsIn("Noor");
  await agent.opens(customer);
  await agent.does("Claim");
  await agent.does("Return to assistant");
  await agent.page.getByLabel("What should the assistant know?").fill("Label sent; nothing open.");
  await agent.does("Return");
  await agent.thread.getByText("Note Noor: Label sent; nothing open.").waitFor();
  await customer.owner("assistant");
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");
});

test("a customer goes on by text, and the agent reads one thread", async () => {
  const customer = await Customer.arrives();
  const { page } = customer;
  const phone = "+447700900112";
  await customer.says("where is my order AW-100003?");
  await customer.sees("assistant", "e-mail");
  await customer.says(phone);
  await customer.sees("assistant", "code");
  await page.getByRole("tab", { name: "Phone & mailbox" }).click();
  const [code] = /\d{6}/.exec(await page.locator("demo-outbox .sms").filter({ hasText: phone }).first().getByRole("button").textContent());
  await customer.says(code);
  await customer.owner("queue");
  await page.getByLabel("From the phone of").selectOption(phone);
  await page.getByLabel("Message", { exact: true }).fill("I am on the train now, please text me.");
  await page.getByRole("button", { name: "Send text" }).click();
  const agent = await Agent.signsIn("Eli");
  await agent.opens(customer);
  await agent.thread.getByText("continues by text").waitFor();
  await agent.thread.getByText("I am on the train now").waitFor();
  await picture(agent.page, "across-channels");
});

test("an address of no conversation says so and offers no reply", async () => {
  const agent = await Agent.signsIn("Zoe");
  await agent.page.goto(`${agent.page.url()}#conversation=00000000-0000-7000-8000-000000000000`);
  await agent.page.getByText("This conversation cannot be shown").waitFor();
  assert.ok(await agent.reply.isHidden());
});

test("two agents cannot hold the same conversation, and the loser is told who has it", async () => {
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const [first, second] = [await Agent.signsIn("Ines"), await Agent.signsIn("Tom")];
  await Promise.all([first.opens(customer), second.opens(customer)]);
  await first.does("Claim");
  await second.thread.getByText("With Ines", { exact: true }).waitFor();
  await second.page.getByPlaceholder("Ines is answering this conversation.").waitFor();
  assert.ok(await second.reply.isDisabled());
});

test("an agent can take over from one who is gone, and says so first", async () => {
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const [gone, second] = [await Agent.signsIn("Gus"), await Agent.signsIn("Pia")];
  await Promise.all([gone.opens(customer), second.opens(customer)]);
  await gone.does("Claim");
  await second.thread.getByText("With Gus", { exact: true }).waitFor();
  await second.does("Write anyway");
  await second.page.getByText("Sending takes it over from Gus.").waitFor();
  await second.says("Pia here, Gus has gone home.");
  await customer.sees("agent", "Gus has gone home");
  await gone.thread.getByText("With Pia", { exact: true }).waitFor();
});
