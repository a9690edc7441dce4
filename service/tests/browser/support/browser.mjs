/* Pages for stories: one browser a file, a fresh profile for each visitor, and no page error unnoticed. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, afterEach } from "node:test";
import { chromium } from "playwright-core";

export const URL_OF_DEMO = process.env.FRONTDESK_URL;
export const ADMIN_KEY = process.env.FRONTDESK_ADMIN_KEY;
export const PATIENCE_MS = 15_000;

const PICTURES = process.env.FRONTDESK_SCREENSHOTS ?? fileURLToPath(new URL("../../../../target/screenshots", import.meta.url));
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let browser = null;
let contexts = [];
let complaints = [];

/** Opens an address of the demo in a fresh profile; `before` may prepare the page first. */
export async function visit(path, { base = URL_OF_DEMO, before = () => {}, ...options } = {}) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 }, ...options });
  contexts.push(context);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) complaints.push(`${path}: ${message.text()}`);
  });
  await before(page);
  await page.goto(base + path);
  return page;
}

/** Keeps a picture of the page for people to look at. */
export async function picture(page, name) {
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** Waits until `check` no longer throws, and throws its last error if that takes too long. */
export async function eventually(check, withinMs = PATIENCE_MS) {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  const found = complaints;
  complaints = [];
  assert.deepEqual(found, [], "a page threw or broke its content security policy");
});

after(() => browser?.close());
