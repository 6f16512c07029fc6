import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "../support/accounts.ts";
import { startServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "holdfast-traffic-"));
  server = await startServer({ persistTo: directory, vars: { DEV_SIGN_IN: "on" } });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Run {
  readonly code: number | null;
  readonly output: string;
}

function run(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, ["scripts/demo-traffic.ts", ...args]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => child.on("exit", (code) => resolve({ code, output })));
}

test("simulated people talk for the given time, and the console's counters hear of it", async () => {
  const { code, output } = await run("--url", server.url, "--people", "5", "--minutes", "0.25");
  expect(output).toMatch(/[1-9]\d* sent, [1-9]\d* received/);
  expect(code).toBe(0);
  const headers = {
    Authorization: `Bearer ${await signIn(server.url, "operator", { role: "operator" })}`,
  };
  const response = await fetch(`${server.url}/v1/stats`, { headers });
  const { summary } = (await response.json()) as { summary: { counters: Record<string, number> } };
  const { counters } = summary;
  expect(counters["accepted"]).toBeGreaterThan(0);
  expect(counters["acked|push"]).toBeGreaterThan(0);
  // The one with the old app.
  expect(counters["unconfirmed|live"]).toBeGreaterThan(0);
});

test.each([
  [["--people", "2"], /3 to 500/],
  [["--minutes", "0"], /up to 1440/],
  [["--speed", "9"], /Unknown option/],
  [["--url", "http://127.0.0.1:9"], /start one with npm start/],
] as const)("%j is refused with a word about it", async (args, words) => {
  const { code, output } = await run(...args);
  expect(code).toBe(2);
  expect(output).toMatch(words);
  expect(output).toContain("Usage:");
});
