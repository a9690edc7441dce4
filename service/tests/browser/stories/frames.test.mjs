import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "../support/browser.mjs";
import { arrivesThrough } from "../support/wire.mjs";

const texts = async (customer) => (await customer.messages()).map((message) => message.text);

test("a frame that gets lost is asked for again", async () => {
  let lost = 0;
  const customer = await arrivesThrough((frame, send) => {
    if (frame.message.author === "assistant" && lost === 0) lost += 1;
    else send();
  });
  await customer.says("How long do I have to return something?");
  await eventually(() => assert.equal(lost, 1));
  await customer.says("Hello?");
  await customer.sees("assistant", "30 days");
});

test("a frame that comes twice is shown once", async () => {
  const customer = await arrivesThrough((frame, send) => {
    send();
    send();
  });
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");
  const shown = await texts(customer);
  assert.deepEqual(shown, [...new Set(shown)]);
});

test("frames that come out of order are shown in order", async () => {
  const held = [];
  const customer = await arrivesThrough((frame, send) => {
    if (frame.message.author === "contact" && frame.message.text === "Hello?") held.push(send);
    else if (held.length) [send, ...held.splice(0)].forEach((late) => late());
    else send();
  });
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");
  await customer.says("Hello?");
  await customer.says("I want to return a teapot.");
  await customer.sees("contact", "teapot");
  const shown = await texts(customer);
  assert.ok(shown.indexOf("Hello?") < shown.indexOf("I want to return a teapot."));
});

test("a server that says goodbye is called again", async () => {
  let goodbyes = 0;
  const customer = await arrivesThrough((frame, send, near) => {
    send();
    if (frame.message.author !== "assistant" || goodbyes) return;
    goodbyes += 1;
    near.send(JSON.stringify({ type: "bye", retry_after_ms: 50 }));
    near.close({ code: 1012 });
  });
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  assert.equal(goodbyes, 1);
});
