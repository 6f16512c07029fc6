/**
 * What the simulator takes for granted about processes, sleep and sockets, where only the runtime
 * itself with a real network and a real clock can say so. The rest is in test/workerd/platform.test.ts.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startServer, type TestServer } from "../support/server.ts";

const WITHIN = { timeout: 20_000, interval: 20 };
/** The runtime's own: after so long without an event an object sleeps. */
const IDLE_MS = 10_000;
/** Frames of 100 KB: more than any buffer between the two takes. */
const FLOOD = 200;
const FRAME_BYTES = 32 * 1024 * 1024;

let server: TestServer;
let directory: string;
const opened: WebSocket[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "holdfast-runtime-"));
  server = await startServer({ persistTo: directory, entry: "test/support/fixtures/idler.js" });
});
afterAll(async () => {
  for (const socket of opened) socket.terminate();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Client {
  readonly socket: WebSocket;
  readonly received: string[];
  closedWith(): number | undefined;
}

async function socketTo(object: string): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/socket?object=${object}`);
  opened.push(socket);
  const received: string[] = [];
  let code: number | undefined;
  socket.on("message", (data) => received.push(String(data)));
  socket.on("close", (closed) => {
    code = closed;
  });
  // A reset comes as an error first; the close after it says all there is to say.
  socket.on("error", () => undefined);
  await vi.waitUntil(() => socket.readyState === WebSocket.OPEN, WITHIN);
  return { socket, received, closedWith: () => code };
}

async function ask({ socket, received }: Client, question: string): Promise<string> {
  const before = received.length;
  socket.send(question);
  await vi.waitUntil(() => received.length > before, WITHIN);
  return received[before] ?? "";
}

describe.concurrent("sleep", () => {
  test("P30 P32 comes after ten idle seconds, heartbeats or not; socket and attachment stay", async () => {
    const client = await socketTo("sleeper");
    expect(await ask(client, "life")).toBe("1 attached");
    const beating = setInterval(() => client.socket.send("ping"), IDLE_MS / 8);
    // Nothing may be asked meanwhile: each question would keep it awake.
    await delay(1.3 * IDLE_MS);
    clearInterval(beating);
    expect(client.received).toContain("pong");
    client.received.length = 0;
    expect(await ask(client, "life")).toBe("2 attached");
  });

  test("P27 P31 does not come while a call to another object is under way", async () => {
    const client = await socketTo("caller");
    client.socket.send(`hold ${1.5 * IDLE_MS}`);
    await delay(1.3 * IDLE_MS);
    expect(await ask(client, "life")).toBe("1 attached");
  });
});

describe.concurrent("sockets", () => {
  test("P34 P35 sending to one that does not read works, and tells nothing", async () => {
    const paused = await socketTo("flooded");
    const other = await socketTo("flooded");
    paused.socket.pause();
    other.socket.send(`flood ${FLOOD}`);
    await vi.waitUntil(() => other.received.length > FLOOD, WITHIN);
    expect(other.received.at(-1)).toBe("all sent, 1 1");
    expect(paused.received).toEqual([]);
  });

  test("a frame of 32 MiB is taken, one byte more closes with 1009", async () => {
    const client = await socketTo("large");
    const word = "measure ";
    expect(await ask(client, word.padEnd(FRAME_BYTES, "x"))).toBe(String(FRAME_BYTES));
    client.socket.send(word.padEnd(FRAME_BYTES + 1, "x"));
    await vi.waitUntil(() => client.closedWith() !== undefined, WITHIN);
    expect(client.closedWith()).toBe(1009);
  });
});

describe("SIGKILL", () => {
  test("P18 P39 takes memory and sockets, and no row; the alarm runs unasked", async () => {
    const client = await socketTo("killed");
    expect(await ask(client, "life")).toBe("1 attached");
    await fetch(`${server.url}/v1/alarm?object=killed&ms=1500`);
    await server.killWorkerd();
    await expect.poll(client.closedWith, WITHIN).toBe(1006);
    await expect.poll(() => server.logs.join("\n"), WITHIN).toContain("alarm in life 2");
    expect(await ask(await socketTo("killed"), "life")).toBe("2 attached");
  });
});
