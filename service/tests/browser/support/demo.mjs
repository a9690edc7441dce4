/* A demo server to test against: one of our own, or one that already runs. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_WITHIN_MS = 180_000;

export async function startDemo(env) {
  if (env.FRONTDESK_URL) {
    if (!env.FRONTDESK_ADMIN_KEY) throw new Error("FRONTDESK_URL is set, so FRONTDESK_ADMIN_KEY must be too");
    return { url: env.FRONTDESK_URL.replace(/\/$/, ""), key: env.FRONTDESK_ADMIN_KEY, stop: async () => {} };
  }
  if (!env.FRONTDESK_BIN) throw new Error("set FRONTDESK_BIN to the frontdesk program, or FRONTDESK_URL to a running demo");
  const data = await mkdtemp(join(tmpdir(), "frontdesk-browser-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const key = `fd_test_${randomBytes(24).toString("hex")}`;
  // The server refuses settings it does not know, and where pictures go is none of its own.
  const { FRONTDESK_SCREENSHOTS: _ours, ...inherited } = env;
  const server = spawn(env.FRONTDESK_BIN, ["demo"], {
    stdio: ["ignore", "pipe", "pipe"], env: { ...inherited, FRONTDESK_LISTEN: listen, FRONTDESK_DATA_DIR: data, FRONTDESK_ADMIN_KEY: key },
  });
  const said = collect(server);
  const ended = new Promise((resolve) => server.on("exit", resolve));
  server.on("error", (error) => said.push(error.message));
  const stop = async () => {
    server.kill("SIGTERM");
    const impatient = setTimeout(() => server.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(impatient);
    await rm(data, { recursive: true, force: true });
  };
  const url = `http://${listen}`;
  await ready(url, server, said).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, key, stop };
}

/** Keeps the last lines the server printed, to show when it does not start. */
function collect(server) {
  const said = [];
  for (const stream of [server.stdout, server.stderr]) {
    stream.on("data", (bytes) => {
      said.push(String(bytes));
      if (said.length > 200) said.shift();
    });
  }
  return said;
}

async function ready(url, server, said) {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (server.exitCode !== null || server.pid === undefined) throw new Error(`frontdesk demo ended before it was ready:\n${said.join("")}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`frontdesk demo was not ready after ${READY_WITHIN_MS / 1000} s:\n${said.join("")}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
