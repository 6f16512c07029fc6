import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";

const vars = { DEV_SIGN_IN: "on" };
let directory: string;
let server: TestServer;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "holdfast-chat-"));
  server = await startServer({ persistTo: join(directory, "server"), vars });
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});
afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** The terminal client as somebody would pipe into it. */
class Chat {
  output = "";
  private readonly child: ChildProcess;
  private readonly exit: Promise<unknown[]>;

  constructor(...args: readonly string[]) {
    const all = ["scripts/chat.ts", "--persist-to", join(directory, "stores"), ...args];
    this.child = spawn(process.execPath, all, { stdio: "pipe" });
    running.add(this.child);
    this.exit = once(this.child, "close");
    const take = (text: Buffer) => {
      this.output += text;
    };
    this.child.stdout?.on("data", take);
    this.child.stderr?.on("data", take);
  }

  write(...lines: readonly string[]): void {
    for (const line of lines) this.child.stdin?.write(`${line}\n`);
  }

  async end(): Promise<number> {
    this.child.stdin?.end();
    const [code] = await this.exit;
    return Number(code);
  }

  has(text: string): Promise<void> {
    return expect.poll(() => this.output, { timeout: 30_000, interval: 20 }).toContain(text);
  }
}

function linesWith(text: string, output: string): readonly string[] {
  return output.split("\n").filter((line) => line.includes(text));
}

test("piped lines go out in order, and their states are told up to delivered", async () => {
  const bob = new Chat("bob", "alice", "--url", server.url);
  await bob.has("bob talks with alice");
  const alice = new Chat("alice", "bob", "--url", server.url);
  alice.write("one", "two", "three");
  expect(await alice.end()).toBe(0);
  for (const n of [1, 2, 3]) {
    const told = linesWith(`#${n} `, alice.output).map((line) => line.split(" ")[1]);
    expect(told.map((word) => word?.replace(":", ""))).toEqual(["queued", "accepted", "delivered"]);
  }
  await bob.has("alice: three");
  expect(linesWith("alice: ", bob.output)).toEqual(["alice: one", "alice: two", "alice: three"]);
  expect(await bob.end()).toBe(0);
});

test("what was queued while the server was down goes out at the next start, once", async () => {
  const carol = new Chat("carol", "dave", "--url", server.url, "--wait", "0");
  await carol.has("carol talks with dave");
  const { port } = server;
  await server.stop();
  carol.write("kept");
  await carol.has("#1 queued: kept");
  expect(await carol.end()).toBe(4);
  expect(carol.output).toContain("1 still waiting");

  server = await startServer({ persistTo: join(directory, "server"), port, vars });
  const again = new Chat("carol", "dave", "--url", server.url);
  expect(await again.end()).toBe(0);
  expect(linesWith("of an earlier run", again.output)).toHaveLength(1);

  const dave = new Chat("dave", "carol", "--url", server.url);
  await dave.has("carol: kept");
  await dave.end();
  expect(linesWith("carol: ", dave.output)).toEqual(["carol: kept"]);
});

test("what was printed and acked is not printed again after a restart", async () => {
  const reader = new Chat("frank", "erin", "--url", server.url);
  await reader.has("frank talks with erin");
  const sender = new Chat("erin", "frank", "--url", server.url);
  sender.write("first");
  await sender.has("#1 delivered");
  expect(await reader.end()).toBe(0);
  sender.write("second");
  await sender.has("#2 accepted");

  const again = new Chat("frank", "erin", "--url", server.url);
  await again.has("erin: second");
  expect(await again.end()).toBe(0);
  expect(linesWith("erin: ", again.output)).toEqual(["erin: second"]);
  expect(await sender.end()).toBe(0);
});

test("one process per device: a second one says how to become a further device", async () => {
  const first = new Chat("grace", "heidi", "--url", server.url);
  await first.has("grace talks with heidi");
  const second = new Chat("grace", "heidi", "--url", server.url);
  expect(await second.end()).toBe(1);
  expect(second.output).toContain("--device NAME");

  const device = new Chat("grace", "heidi", "--url", server.url, "--device", "phone");
  await device.has("grace talks with heidi");
  first.write("from the first");
  await device.has("grace (elsewhere): from the first");
  expect(await first.end()).toBe(0);
  expect(await device.end()).toBe(0);
});

test("without a server one sentence says what to do", async () => {
  const chat = new Chat("alice", "bob", "--url", "http://127.0.0.1:9");
  expect(await chat.end()).toBe(1);
  expect(chat.output.trim()).toBe(
    'No server answers at http://127.0.0.1:9. Start one with "npm start", or name it with --url.',
  );
});

test.for([[], ["alice"], ["alice", "bob", "carol"], ["alice", "b b"], ["a", "b", "--nope"]])(
  "wrong arguments are answered by the usage: %j",
  async (args) => {
    const chat = new Chat(...args);
    expect(await chat.end()).toBe(2);
    expect(chat.output).toContain("Usage: npm run chat");
  },
);
