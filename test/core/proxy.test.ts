import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { FaultProxy, type FaultProxyOptions } from "../proxy/fault-proxy.ts";
import { only, PASS, type Passing, seeded } from "../proxy/rules.ts";
import { RawClient } from "../support/raw-client.ts";

/** Answers each frame with its kind and number; keeps what it got. */
let server: WebSocketServer;
let received: string[];
let accepted: WebSocket[];
let endings: number[];
let proxies: FaultProxy[];

beforeEach(async () => {
  received = [];
  accepted = [];
  // A socket of the test before may end during this one, and is not counted here.
  const ended: number[] = [];
  endings = ended;
  proxies = [];
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    accepted.push(socket);
    socket.on("message", (data) => {
      received.push(String(data));
      socket.send(JSON.stringify({ t: "echo", of: JSON.parse(String(data)) }));
    });
    socket.on("close", (code) => ended.push(code));
  });
  await new Promise((resolve) => server.once("listening", resolve));
});

afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  for (const socket of accepted) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

async function listen(options: Omit<FaultProxyOptions, "upstreamPort"> = {}) {
  const upstreamPort = () => (server.address() as AddressInfo).port;
  const proxy = await FaultProxy.listen({ ...options, upstreamPort });
  proxies.push(proxy);
  return proxy;
}

const open = (proxy: FaultProxy) => RawClient.open(proxy.url.replace("http", "ws"));
const say = (client: RawClient, ...numbers: number[]) => {
  for (const n of numbers) client.send({ t: "say", n });
};
const heard = () => received.map((text) => (JSON.parse(text) as { n: number }).n);
const echoes = async (client: RawClient, count: number) => {
  const numbers: unknown[] = [];
  for (let index = 0; index < count; index += 1) {
    numbers.push(((await client.next("echo")) as unknown as { of: { n: number } }).of.n);
  }
  return numbers;
};

test("without a rule everything passes, in order, and is counted", async () => {
  const seen: Passing[] = [];
  const proxy = await listen({ beforeFrame: (frame) => seen.push(frame) });
  const client = await open(proxy);
  say(client, 1, 2, 3);
  expect(await echoes(client, 3)).toEqual([1, 2, 3]);
  expect(proxy.stats).toMatchObject({ connections: 1, frames: 6, dropped: 0, broken: 0 });
  const up = seen.filter(({ direction }) => direction === "up");
  expect(up.map(({ n, text }) => [n, text])).toEqual([
    [1, '{"t":"say","n":1}'],
    [2, '{"t":"say","n":2}'],
    [3, '{"t":"say","n":3}'],
  ]);
  expect(await client.close(4000)).toMatchObject({ code: 4000 });
});

test("plain requests pass, and a later upgrade on the kept-alive connection is seen", async () => {
  const proxy = await listen();
  const plain = await fetch(proxy.url);
  expect(plain.status).toBe(426);
  await plain.arrayBuffer();
  const socket = new globalThis.WebSocket(proxy.url.replace("http", "ws"));
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const answer = new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => resolve(data));
  });
  socket.send('{"t":"say","n":1}');
  expect(await answer).toBe('{"t":"echo","of":{"t":"say","n":1}}');
  expect(proxy.stats.frames).toBe(2);
  socket.close();
});

test("a dropped frame is missing, the socket lives on", async () => {
  const proxy = await listen({
    rule: only("up", ({ n }) => (n === 2 ? { kind: "drop" } : PASS)),
  });
  const client = await open(proxy);
  say(client, 1, 2, 3);
  expect(await echoes(client, 2)).toEqual([1, 3]);
  expect(proxy.stats.dropped).toBe(1);
});

test("a frame is doubled on its own socket", async () => {
  const proxy = await listen({
    rule: only("up", ({ n }) => (n === 1 ? { kind: "duplicate" } : PASS)),
  });
  const client = await open(proxy);
  say(client, 1, 2);
  expect(await echoes(client, 3)).toEqual([1, 1, 2]);
  expect(proxy.stats.duplicated).toBe(1);
});

test("a frame is replayed on the next socket, after that socket's first own frame", async () => {
  const proxy = await listen({
    rule: only("up", ({ n }) => (n === 2 ? { kind: "replay" } : PASS)),
  });
  const first = await open(proxy);
  say(first, 1, 2, 3);
  expect(await echoes(first, 3)).toEqual([1, 2, 3]);
  await first.close();
  const second = await open(proxy);
  say(second, 4, 5);
  expect(await echoes(second, 3)).toEqual([4, 2, 5]);
  expect(proxy.stats.replayed).toBe(1);
});

test("a delayed frame delays what follows, not what goes the other way", async () => {
  const proxy = await listen({
    rule: only("up", ({ n }) => (n === 1 ? { kind: "delay", delayMs: 60 } : PASS)),
  });
  const client = await open(proxy);
  const start = performance.now();
  say(client, 1, 2);
  const [socket] = accepted;
  socket?.send('{"t":"hint"}');
  await client.next("hint");
  expect(heard()).toEqual([]);
  expect(await echoes(client, 2)).toEqual([1, 2]);
  // A lower bound only: nothing here fails on a slow machine.
  expect(performance.now() - start).toBeGreaterThanOrEqual(55);
});

test("a held connection keeps its frames and its end until released, beside a new one", async () => {
  const proxy = await listen({
    rule: ({ direction, n }) => (direction === "up" && n === 2 ? { kind: "hold" } : PASS),
  });
  const old = await open(proxy);
  say(old, 1, 2, 3);
  await echoes(old, 1);
  const [held] = proxy.sockets;
  old.terminate();
  const fresh = await open(proxy);
  say(fresh, 4);
  expect(await echoes(fresh, 1)).toEqual([4]);
  expect(heard()).toEqual([1, 4]);
  expect(endings).toEqual([]);
  held?.release("up");
  await expect.poll(heard).toEqual([1, 4, 2, 3]);
  await expect.poll(() => endings).toEqual([1006]);
});

test("a cut link is silent for both sides, and new connections get no answer", async () => {
  const proxy = await listen();
  const client = await open(proxy);
  say(client, 1);
  await echoes(client, 1);
  proxy.cut();
  say(client, 2);
  accepted[0]?.send('{"t":"hint"}');
  const late = open(proxy);
  await expect(client.next("hint", 100)).rejects.toThrow("no hint");
  expect([client.isOpen, heard(), accepted.length]).toEqual([true, [1], 1]);
  proxy.restore();
  expect(await client.next("hint")).toEqual({ t: "hint" });
  expect(await echoes(client, 1)).toEqual([2]);
  await late;
});

test("a link can be cut one way", async () => {
  const proxy = await listen();
  const client = await open(proxy);
  proxy.cut(["down"]);
  say(client, 1);
  await expect.poll(heard).toEqual([1]);
  await expect(client.next("echo", 50)).rejects.toThrow("no echo");
  expect(await open(proxy)).toBeDefined();
});

test("a black hole at a frame ends what leaves and what comes back", async () => {
  const proxy = await listen({
    rule: only("up", ({ n }) => (n === 2 ? { kind: "black-hole", both: true } : PASS)),
  });
  const client = await open(proxy);
  say(client, 1);
  await echoes(client, 1);
  say(client, 2);
  await expect(client.next("echo", 50)).rejects.toThrow("no echo");
  expect([client.isOpen, heard()]).toEqual([true, [1]]);
});

test("a sender feels a reader that takes nothing", async () => {
  const proxy = await listen();
  const client = await open(proxy);
  proxy.cut(["down"]);
  const [socket] = accepted;
  const frame = JSON.stringify({ t: "bulk", text: "x".repeat(60_000) });
  for (let count = 0; count < 400; count += 1) socket?.send(frame);
  await expect.poll(() => socket?.bufferedAmount ?? 0).toBeGreaterThan(5_000_000);
  proxy.restore();
  for (let count = 0; count < 400; count += 1) await client.next("bulk");
});

test("throttled and sliced frames arrive whole", async () => {
  const proxy = await listen();
  proxy.shape("down", { bytesPerSecond: 200_000, sliceBytes: 700 });
  const client = await open(proxy);
  const start = performance.now();
  for (let count = 0; count < 4; count += 1) {
    accepted[0]?.send(JSON.stringify({ t: "bulk", text: "y".repeat(5_000) }));
  }
  for (let count = 0; count < 4; count += 1) {
    expect(((await client.next("bulk")) as unknown as { text: string }).text).toHaveLength(5_000);
  }
  expect(performance.now() - start).toBeGreaterThanOrEqual(80);
});

test("a reset ends both sides without a close frame", async () => {
  const proxy = await listen({
    rule: only("up", ({ n }) => (n === 2 ? { kind: "reset" } : PASS)),
  });
  const client = await open(proxy);
  say(client, 1);
  await echoes(client, 1);
  say(client, 2);
  expect((await client.expectClose()).code).toBe(1006);
  await expect.poll(() => endings).toEqual([1006]);
  expect(heard()).toEqual([1]);
});

test("a FIN ends both sides without a close frame, after the frame", async () => {
  const proxy = await listen({ rule: only("up", () => ({ kind: "fin" })) });
  const client = await open(proxy);
  say(client, 1);
  expect((await client.expectClose()).code).toBe(1006);
  await expect.poll(() => endings).toEqual([1006]);
  expect(heard()).toEqual([1]);
});

test("all connections are dropped at once and come back", async () => {
  const proxy = await listen();
  const clients = await Promise.all(Array.from({ length: 20 }, () => open(proxy)));
  proxy.dropAll();
  const closes = await Promise.all(clients.map((client) => client.expectClose()));
  expect(closes.every(({ code }) => code === 1006)).toBe(true);
  const again = await open(proxy);
  say(again, 1);
  expect(await echoes(again, 1)).toEqual([1]);
});

test("a frame is told before and after it is forwarded", async () => {
  const told: string[] = [];
  const proxy = await listen({
    beforeFrame: ({ direction, n }) => told.push(`before ${direction} ${n}, ${received.length}`),
    afterFrame: ({ direction, n }) => told.push(`after ${direction} ${n}`),
  });
  const client = await open(proxy);
  say(client, 1);
  await echoes(client, 1);
  await expect.poll(() => told).toHaveLength(4);
  expect(told[0]).toBe("before up 1, 0");
  expect(told.slice(1).sort()).toEqual(["after down 1", "after up 1", "before down 1, 1"]);
});

test("a server that is gone ends the client, and the proxy serves its successor", async () => {
  const proxy = await listen();
  const client = await open(proxy);
  for (const socket of accepted) socket.terminate();
  expect((await client.expectClose()).code).toBe(1006);
  const again = await open(proxy);
  say(again, 1);
  expect(await echoes(again, 1)).toEqual([1]);
});

test("a seeded rule strikes the same frames in every run", () => {
  const frames = Array.from({ length: 1_000 }, (_, index) => ({
    direction: "up" as const,
    n: index + 1,
    onConnection: index + 1,
    connection: 1,
    text: "",
  }));
  const rates = { drop: 0.05, duplicate: 0.1, delay: 0.2, maxDelayMs: 30 };
  const fates = (seed: number) => frames.map(seeded(seed, "alice", rates));
  expect(fates(1)).toEqual(fates(1));
  expect(fates(1)).not.toEqual(fates(2));
  const count = (kind: string) => fates(1).filter((fault) => fault.kind === kind).length;
  expect(count("drop")).toBeGreaterThan(25);
  expect(count("duplicate")).toBeGreaterThan(60);
  expect(count("delay")).toBeGreaterThan(120);
  expect(count("reset")).toBe(0);
});
