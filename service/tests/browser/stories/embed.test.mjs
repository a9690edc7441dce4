import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { URL_OF_DEMO, picture, visit } from "../support/browser.mjs";
import { Customer } from "../support/customer.mjs";

const SOCKET = URL_OF_DEMO.replace(/^http/, "ws");
const TAG = `<script src="${URL_OF_DEMO}/widget.js" data-inbox="web" data-title="Ask Plum &amp; Co" data-colour="#f2c14e" data-position="left" data-greeting="Hello from another site." async></script>`;
const SHOP = `<!doctype html><html lang="en"><head><title>Plum</title></head><body><h1>Another shop</h1>${TAG}</body></html>`;
const STRICT = `default-src 'none'; script-src ${URL_OF_DEMO}; connect-src ${SOCKET}`;

/** Another site, on an origin of its own. */
async function anotherSite(t) {
  const site = createServer((_, response) => response.writeHead(200, { "content-type": "text/html", "content-security-policy": STRICT }).end(SHOP));
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  t.after(() => site.close());
  return `http://127.0.0.1:${site.address().port}`;
}

test("another site adds one tag, under a strict policy of its own, and has the chat in its colours", async (t) => {
  const page = await visit("/", { base: await anotherSite(t) });
  const customer = new Customer(page);
  await customer.opens();
  await customer.isTold("Hello from another site.");
  await page.getByRole("dialog", { name: "Ask Plum & Co" }).waitFor();
  await customer.says("How long do I have to return something?");
  await customer.sees("assistant", "30 days");
  assert.match((await customer.sees("contact", "How long")).note, /^Sent · \d/);
  const look = await customer.launcher.evaluate((button) => {
    const style = getComputedStyle(button);
    return [style.position, style.backgroundColor, style.color, button.getBoundingClientRect().left < 100];
  });
  assert.deepEqual(look, ["fixed", "rgb(242, 193, 78)", "rgb(0, 0, 0)", true]);
  await picture(page, "embedded");
});
