/* What was asked in vain becomes an article: found, drafted from an agent's reply, read, edited and published in the console. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Agent } from "../support/agent.mjs";
import { call } from "../support/api.mjs";
import { ADMIN_KEY, eventually, picture, visit } from "../support/browser.mjs";
import { brokenStructure, nameless } from "../support/controls.mjs";

const ASKED = ["Do you run candle dipping evenings?", "Is there a candle dipping evening?", "Can I book a candle dipping evening?"];
const REPLY = "Hi there! We run candle dipping evenings on the first Friday of every month. A place costs £25 and includes the wax.";

/** Asks until the assistant gives up and an agent replies. */
async function asksInVain(handle, text) {
  const say = () => call("POST", "/v1/messages?wait=true", { channel: "web", from: { handle }, text });
  let receipt = await say();
  if (receipt.decision.action === "clarify") receipt = await say();
  assert.equal(receipt.decision.action, "handoff", JSON.stringify(receipt));
  await call("POST", `/v1/conversations/${receipt.conversation_id}/messages`, { agent: "Robin", text: REPLY });
}

test("a gap is found, read against its sources and closed by an article", async () => {
  for (const [idx, text] of ASKED.entries()) await asksInVain(`gap-${idx}`, text);
  const { page } = await Agent.signsIn("Robin", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Knowledge gaps" }).click();
  const gaps = page.locator("gaps-page");
  const topic = gaps.locator("details.topic", { hasText: "candle dipping" });
  await topic.locator("summary").click();
  await picture(page, "console-gaps");
  await topic.locator(".quotes").getByText("Is there a candle dipping evening?").waitFor();
  assert.deepEqual(await nameless(page), []);
  assert.deepEqual(await brokenStructure(page), []);

  await topic.getByRole("button", { name: "Show the draft" }).click();
  const dialog = page.getByRole("dialog", { name: "Draft of an article" });
  const source = dialog.getByLabel("Source");
  assert.match(await source.inputValue(), /first Friday[^]*£25/);
  assert.doesNotMatch(await source.inputValue(), /Hi there/);
  await dialog.getByText("first Friday").first().waitFor();
  await picture(page, "console-gaps-draft");
  await source.fill("no front matter");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await dialog.getByText("names no id").waitFor();
  await source.fill('+++\nid = "candle-dipping"\ntitle = "Candle dipping evenings"\nquestions = ["do you run candle dipping evenings"]\n+++\n\nWe run candle dipping evenings on the first Friday of every month. A place costs £25.\n');
  const announced = page.getByText("is live for the next message").waitFor();
  await dialog.getByRole("button", { name: "Publish" }).click();
  await announced;
  await topic.getByText("An article answers this now").waitFor();

  for (const [tab, name] of [[/May contradict/, "contradictions"], [/Say the same/, "duplicates"], [/Not used/, "unused"]]) {
    await gaps.getByRole("tab", { name: tab }).click();
    await gaps.getByRole("tabpanel", { name: tab }).waitFor();
    await picture(page, `console-gaps-${name}`);
  }
  await page.keyboard.press("ArrowLeft");
  assert.deepEqual(await brokenStructure(page), []);
  await call("DELETE", "/v1/articles/candle-dipping");

  await gaps.getByRole("tab", { name: /Not answered/ }).click();
  await topic.locator("summary").click();
  await topic.locator(".quotes .link").first().click();
  await page.locator("thread-pane .bubble", { hasText: "candle dipping" }).first().waitFor();
});

test("the page is usable on a phone and in the dark", async () => {
  const { page } = await Agent.signsIn("Robin", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await page.getByRole("button", { name: "Knowledge gaps" }).click();
  await page.locator("gaps-page").getByText("looked at").waitFor();
  await picture(page, "console-gaps-phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "nothing sticks out");
});

test("a refusal says what is missing", async () => {
  const page = await visit(`/console#key=${encodeURIComponent(ADMIN_KEY)}`, {
    before: (page) => page.route("**/v1/gaps?*", (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body: '{"code":"forbidden","detail":"no"}' })),
  });
  await page.getByLabel("Your name").fill("Robin");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.keyboard.press("g");
  await page.getByText("need a key with the scope “admin”").waitFor();
  await eventually(async () => assert.equal(await page.locator("thread-pane").isVisible(), false));
});
