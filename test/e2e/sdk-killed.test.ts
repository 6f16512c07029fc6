/** A Node process dies at each step of a message's way; whatever it called queued arrives once. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { signIn } from "../support/accounts.ts";
import { KILL_POINTS } from "../support/client/kill-points.ts";
import { startServer, type TestServer } from "../support/server.ts";

const MESSAGES_PER_LIFE = 4;
const LIFE_LIMIT_MS = 20_000;
const TALK = directConversation("killed", "reader");
const directory = mkdtempSync(join(tmpdir(), "holdfast-killed-"));
let server: TestServer;

beforeAll(async () => {
  const settings = { DEV_SIGN_IN: "on" };
  server = await startServer({ persistTo: join(directory, "rows"), vars: settings });
});

afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Each line that the process tells, and its end. */
function talk(life: number, count: number, death: object) {
  const file = join(directory, "outbox");
  const args = [server.url, "killed", TALK, file, String(life), String(count)];
  const talker = ["test/support/client/talker.ts", ...args, JSON.stringify(death)];
  const child = spawn(process.execPath, talker, { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const closed = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("close", (_, signal) => resolve(signal));
  });
  return { child, lines, closed };
}

test("R1 R2 R4: a killed process loses, repeats and reorders nothing that was queued", async () => {
  const queued: string[] = [];
  for (const [life, death] of KILL_POINTS.entries()) {
    // One that never comes to its point is ended in another way.
    const { child, lines, closed } = talk(life, MESSAGES_PER_LIFE, death);
    const limit = setTimeout(() => child.kill("SIGTERM"), LIFE_LIMIT_MS);
    expect(await closed, death.name).toBe("SIGKILL");
    clearTimeout(limit);
    queued.push(...lines.filter((line) => line !== "empty"));
  }
  const last = talk(KILL_POINTS.length, 0, {});
  await expect.poll(() => last.lines.includes("empty"), { timeout: 60_000 }).toBe(true);
  last.child.kill("SIGKILL");
  await last.closed;

  const token = () => signIn(server.url, "reader");
  const reader = new HoldfastClient({
    url: server.url,
    user: "reader",
    token,
    store: memoryStore(),
  });
  const seen: string[] = [];
  reader.onMessage(({ content }) => void seen.push(content.kind === "text" ? content.text : ""));
  await reader.connect();
  await expect
    .poll(() => queued.every((text) => seen.includes(text)), { timeout: 30_000 })
    .toBe(true);
  await reader.close();
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual([...seen].sort(byLifeAndIndex));
  expect(queued.length).toBeGreaterThan(2 * KILL_POINTS.length);
});

function byLifeAndIndex(a: string, b: string): number {
  const [lifeA = 0, indexA = 0] = a.split(".").map(Number);
  const [lifeB = 0, indexB = 0] = b.split(".").map(Number);
  return lifeA - lifeB || indexA - indexB;
}
