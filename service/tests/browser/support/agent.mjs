/* An agent in the console. */
import { ADMIN_KEY, visit } from "./browser.mjs";

export class Agent {
  constructor(page) {
    this.page = page;
    this.reply = page.getByRole("textbox", { name: "Reply" });
    this.brief = page.locator("brief-pane");
    this.thread = page.locator("thread-pane");
  }

  static async signsIn(name, options) {
    const page = await visit(`/console#key=${encodeURIComponent(ADMIN_KEY)}`, options);
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    return new Agent(page);
  }

  /** Opens the conversation that this customer waits in. */
  async opens(customer) {
    await this.row(await customer.conversation()).click();
    await this.thread.locator(".bubble").first().waitFor();
  }

  row(conversation) {
    return this.page.locator(`conversation-list li[data-key="waiting:${conversation}"] .row`);
  }

  async does(action) {
    await this.page.getByRole("button", { name: action, exact: true }).click();
  }

  async says(text) {
    await this.reply.fill(text);
    await this.reply.press("Control+Enter");
  }
}
