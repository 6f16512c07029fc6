/** A Node process with the SDK is killed again and again; whatever it called queued arrives once. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, HoldfastClient, memoryStore } from "../../client/index.ts";
import { signIn } from "../support/accounts.ts";
import { startServer, type TestServer } from "../support/server.ts";

const LIVES = 15;
const MESSAGES_PER_LIFE = 40;
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

interface Talker {
  readonly process: ChildProcess;
  readonly lines: string[];
}

function talk(life: number, count: number): Talker {
  const file = join(directory, "outbox.db");
  const args = [server.url, "killed", TALK, file, String(life), String(count)];
  const child = spawn(process.execPath, ["test/support/client/talker.ts", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  return { process: child, lines };
}

async function kill({ process: child }: Talker): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

test("R1 R2 R4: a killed process loses, repeats and reorders nothing that was queued", async () => {
  const queued: string[] = [];
  for (let life = 1; life <= LIVES; life += 1) {
    const talker = talk(life, MESSAGES_PER_LIFE);
    await expect.poll(() => talker.lines.length, { timeout: 20_000 }).toBeGreaterThan(0);
    // Another point of the way each time: from the first commit to long after the last answer.
    await delay(life * 7);
    await kill(talker);
    queued.push(...talker.lines.filter((line) => line !== "empty"));
  }
  const last = talk(0, 0);
  await expect.poll(() => last.lines.includes("empty"), { timeout: 60_000 }).toBe(true);
  await kill(last);

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
  console.log(`${LIVES} kills, ${queued.length} queued, ${seen.length} arrived`);
});

function byLifeAndIndex(a: string, b: string): number {
  const [lifeA = 0, indexA = 0] = a.split(".").map(Number);
  const [lifeB = 0, indexB = 0] = b.split(".").map(Number);
  return lifeA - lifeB || indexA - indexB;
}
