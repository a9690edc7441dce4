import assert from "node:assert/strict";
import test from "node:test";
import { Agent } from "../support/agent.mjs";
import { picture } from "../support/browser.mjs";
import { Customer } from "../support/customer.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2, reducedMotion: "reduce" };

test("on a phone the chat fills the screen and the text is large enough not to zoom", async () => {
  const customer = await Customer.arrives(PHONE);
  const wider = await customer.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `the shop scrolls sideways by ${wider} px`);
  await picture(customer.page, "phone-shop");
  await customer.launcher.tap();
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");
  const box = await customer.widget.locator(".panel").boundingBox();
  assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 844]);
  await customer.says("it's about the parcel, I need it changed");
  const reply = await customer.widget.getByRole("group", { name: "Suggested replies" }).getByRole("button").first().boundingBox();
  assert.ok(reply.height >= 44, `a suggested reply is ${reply.height} px high`);
  const size = await customer.input.evaluate((input) => parseFloat(getComputedStyle(input).fontSize));
  assert.ok(size >= 16, `the input is ${size} px`);
  await picture(customer.page, "phone-chat");
  await customer.widget.getByRole("button", { name: "Close chat" }).tap();
  await customer.launcher.waitFor();
});

test("on a phone held sideways the chat fills the screen too", async () => {
  const customer = await Customer.arrives({ ...PHONE, viewport: { width: 844, height: 390 } });
  await customer.launcher.tap();
  const box = await customer.widget.locator(".panel").boundingBox();
  assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 844, 390]);
});

test("on a phone an agent goes to a thread, its brief and back, and the focus goes along", async () => {
  const customer = await Customer.arrives();
  await customer.says("Can I talk to a person please?");
  await customer.owner("queue");
  const agent = await Agent.signsIn("Uma", PHONE);
  const { page } = agent;
  const wider = await page.locator("header").evaluate((header) => header.scrollWidth - header.clientWidth);
  assert.ok(wider <= 0, `the header is cut off by ${wider} px`);
  await agent.opens(customer);
  await page.locator("thread-pane h2:focus").waitFor();
  await picture(page, "phone-console");
  await page.getByRole("button", { name: "Brief" }).tap();
  await page.locator("brief-pane:focus").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".show-brief:focus").waitFor();
  assert.ok(await agent.brief.isHidden());
  await page.getByRole("button", { name: "Back" }).tap();
  await page.locator(`li[data-key="waiting:${await customer.conversation()}"] .row:focus`).waitFor();
});
