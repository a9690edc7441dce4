import assert from "node:assert/strict";
import test from "node:test";
import { picture } from "../support/browser.mjs";
import { Customer } from "../support/customer.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

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
  const size = await customer.input.evaluate((input) => parseFloat(getComputedStyle(input).fontSize));
  assert.ok(size >= 16, `the input is ${size} px`);
  await picture(customer.page, "phone-chat");
  await customer.widget.getByRole("button", { name: "Close chat" }).tap();
  await customer.launcher.waitFor();
});
