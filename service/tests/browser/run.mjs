/*
 * Runs the browser stories.
 *
 *   npm install && FRONTDESK_BIN=../../../target/debug/frontdesk npm test [words of file names]
 *
 * With FRONTDESK_BIN it starts `frontdesk demo` on a free port with fresh data. With FRONTDESK_URL and
 * FRONTDESK_ADMIN_KEY it uses a server that already runs. CHROMIUM names the browser (default
 * /usr/bin/chromium), FRONTDESK_SCREENSHOTS the folder for pictures (default target/screenshots).
 */
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { startDemo } from "./support/demo.mjs";

const folder = new URL("./stories/", import.meta.url);
const wanted = process.argv.slice(2);
const names = (await readdir(folder)).filter((name) => name.endsWith(".test.mjs")).filter((name) => !wanted.length || wanted.some((word) => name.includes(word)));
if (!names.length) {
  console.error(`no story is named like ${wanted.join(" or ")}`);
  process.exit(2);
}

const demo = await startDemo(process.env);
const tests = spawn(process.execPath, ["--test", "--test-concurrency=2", "--test-reporter=spec", ...names.map((name) => new URL(name, folder).pathname)], {
  stdio: "inherit", env: { ...process.env, FRONTDESK_URL: demo.url, FRONTDESK_ADMIN_KEY: demo.key },
});
const code = await new Promise((resolve) => tests.on("exit", (status) => resolve(status ?? 1)));
await demo.stop();
process.exit(code);
