/* A customer in the chat widget of the demo shop. */
import assert from "node:assert/strict";
import { eventually, visit } from "./browser.mjs";

export class Customer {
  constructor(page) {
    this.page = page;
    this.widget = page.locator("frontdesk-widget");
    this.launcher = this.widget.locator(".launcher");
    this.input = this.widget.getByLabel("Your message");
  }

  static async arrives(options) {
    const customer = new Customer(await visit("/", options));
    await customer.launcher.waitFor();
    return customer;
  }

  async opens() {
    await this.launcher.click();
    await this.input.waitFor();
  }

  async says(text) {
    if (!(await this.input.isVisible())) await this.opens();
    await this.input.fill(text);
    await this.input.press("Enter");
  }

  /** Every message shown, in order: { author, text, note, failed }. */
  messages() {
    return this.widget.locator(".row").evaluateAll((rows) => rows.map((row) => ({
      author: ["contact", "assistant", "agent", "system"].find((author) => row.classList.contains(author)),
      text: row.querySelector(".bubble").textContent, note: row.querySelector(".meta").textContent,
      sources: [...row.querySelectorAll(".sources li")].map((source) => source.textContent), name: row.querySelector(".name")?.textContent,
    })).slice(1));
  }

  /** Waits for a message that fits and answers it. */
  sees(author, text = "") {
    return eventually(async () => {
      const messages = await this.messages();
      const found = messages.findLast((message) => message.author === author && message.text.includes(text));
      assert.ok(found, `no message of ${author} with “${text}” in ${JSON.stringify(messages)}`);
      return found;
    });
  }

  async isTold(words) {
    await this.widget.getByText(words).first().waitFor();
  }

  owner(kind) {
    return eventually(async () => assert.equal(await this.widget.getAttribute("data-owner"), kind));
  }

  connection(state) {
    return eventually(async () => assert.equal(await this.widget.getAttribute("data-state"), state));
  }

  /** The id under which the server knows this conversation. */
  conversation() {
    return this.page.evaluate(() => JSON.parse(localStorage.getItem(Object.keys(localStorage).find((key) => key.endsWith(":conversation")))));
  }
}
