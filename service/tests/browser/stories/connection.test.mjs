import assert from "node:assert/strict";
import test from "node:test";
import { conversation } from "../support/api.mjs";
import { Agent } from "../support/agent.mjs";
import { eventually, picture, URL_OF_DEMO } from "../support/browser.mjs";
import { cable } from "../support/cable.mjs";
import { Customer } from "../support/customer.mjs";

test("what a customer writes without a connection is kept and arrives once", async (t) => {
  const line = await cable(URL_OF_DEMO);
  t.after(() => line.close());
  const customer = await Customer.arrives({ base: line.url });
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");

  line.cut();
  await customer.connection("offline");
  await customer.says("And do I pay for the label?");
  assert.match((await customer.sees("contact", "the label")).note, /^Kept/);
  await picture(customer.page, "offline");

  line.mend();
  await customer.connection("open");
  const sent = await customer.sees("contact", "the label");
  const id = await customer.conversation();
  await eventually(async () => {
    const stored = await conversation(id);
    assert.equal(stored.messages.filter((message) => message.text.includes("the label")).length, 1);
  });
  const shown = await customer.messages();
  assert.equal(shown.filter((message) => message.text === sent.text).length, 1);
});

test("what a person wrote while the customer was away is there afterwards, in order and once", async (t) => {
  const line = await cable(URL_OF_DEMO);
  t.after(() => line.close());
  const customer = await Customer.arrives({ base: line.url });
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const agent = await Agent.signsIn("Mia");
  await agent.opens(customer);
  await agent.does("Claim");
  await customer.owner("agent");

  line.cut();
  await customer.connection("offline");
  await agent.says("First line from Mia.");
  await agent.thread.getByText("First line from Mia.").waitFor();
  await agent.says("Second line from Mia.");
  await agent.thread.getByText("Second line from Mia.").waitFor();
  line.mend();

  await customer.sees("agent", "Second line");
  const lines = (await customer.messages()).filter((message) => message.author === "agent").map((message) => message.text);
  assert.deepEqual(lines, ["First line from Mia.", "Second line from Mia."]);
});

test("what an agent writes without a connection stays in the box and goes out once", async (t) => {
  const line = await cable(URL_OF_DEMO);
  t.after(() => line.close());
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const agent = await Agent.signsIn("Ivo", { base: line.url });
  await agent.opens(customer);

  line.cut();
  await agent.says("Ivo here, one moment.");
  await agent.thread.getByText("Not sent: The server cannot be reached.").waitFor();
  assert.equal(await agent.reply.inputValue(), "Ivo here, one moment.");
  await picture(agent.page, "console-offline");

  line.mend();
  await agent.page.getByText("Live", { exact: true }).waitFor();
  await agent.reply.press("Control+Enter");
  await customer.sees("agent", "Ivo here");
  const stored = await conversation(await customer.conversation());
  assert.equal(stored.messages.filter((message) => message.text.startsWith("Ivo here")).length, 1);
});

test("a message is kept over a reload without a connection", async (t) => {
  const line = await cable(URL_OF_DEMO);
  t.after(() => line.close());
  const customer = await Customer.arrives({ base: line.url });
  await customer.opens();
  await customer.connection("open");
  line.cut();
  await customer.connection("offline");
  await customer.says("How long do I have to return something?");
  line.mend();
  await customer.page.reload();
  await customer.opens();
  await customer.sees("assistant", "30 days");
  const shown = (await customer.messages()).filter((message) => message.author === "contact");
  assert.equal(shown.length, 1);
});

test("a browser that goes offline says so and recovers by itself", async () => {
  const customer = await Customer.arrives();
  await customer.opens();
  await customer.connection("open");
  await customer.page.context().setOffline(true);
  await customer.isTold("No connection.");
  await customer.page.context().setOffline(false);
  await customer.connection("open");
});
