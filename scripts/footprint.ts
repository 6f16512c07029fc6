/**
 * What the SDK costs its device: CPU, heap and bytes per 1,000 messages, and wake-ups and bytes per
 * idle hour in each state of the app. `npm run footprint -- --json`. The engine runs as it ships,
 * over a scripted server and a clock that is turned by hand.
 */
import { CoreClient } from "../client/client.ts";
import { memoryStore } from "../client/memory-store.ts";
import type { Platform, Socket, SocketEvents } from "../client/ports.ts";
import { FakeClock } from "../test/support/client/fake-clock.ts";
import { FakePlatform } from "../test/support/client/fake-platform.ts";
import { FakeServer } from "../test/support/client/fake-server.ts";

const MESSAGES = 1_000;
const WARM_UP = 200;
const HOUR_MS = 3_600_000;
const TALK = "direct:alice,bob";

interface Traffic {
  bytes: number;
  frames: number;
}

/** Counts what goes over the sockets, in both directions. */
function metered(platform: FakePlatform, traffic: Traffic): Platform {
  const count = (text: string) => {
    traffic.bytes += Buffer.byteLength(text);
    traffic.frames += 1;
  };
  const open = (url: string, protocols: readonly string[], events: SocketEvents): Socket => {
    const socket = platform.sockets.open(url, protocols, {
      ...events,
      onOpen: () => events.onOpen(),
      onClose: (code, reason) => events.onClose(code, reason),
      onText: (text) => {
        count(text);
        events.onText(text);
      },
    });
    const send = (text: string) => {
      count(text);
      socket.send(text);
    };
    return { send, close: (code, reason) => socket.close(code, reason) };
  };
  const { name, clock, random, http, lifecycle, network } = platform;
  const openStore = () => memoryStore();
  return { name, clock, random, http, lifecycle, network, openStore, sockets: { open } };
}

async function setUp(kind: "page" | "headless") {
  const clock = new FakeClock();
  const server = new FakeServer("alice", () => clock.now());
  const platform = new FakePlatform(server, clock, { kind });
  const traffic: Traffic = { bytes: 0, frames: 0 };
  const runtime = metered(platform, traffic);
  const token = async () => "token";
  const client = new CoreClient({ url: "https://a.test", token, user: "alice", platform: runtime });
  await client.connect();
  await clock.advance(60_000);
  return { clock, server, platform, traffic, client };
}

async function perThousand(act: (set: Awaited<ReturnType<typeof setUp>>) => void) {
  const set = await setUp("headless");
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed;
  const bytes = set.traffic.bytes;
  const cpu = process.cpuUsage();
  act(set);
  await set.clock.advance(10_000);
  const used = process.cpuUsage(cpu);
  globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed - heap;
  await set.client.close();
  return {
    cpuMs: Math.round((used.user + used.system) / 1_000),
    heapBytes,
    wireBytes: set.traffic.bytes - bytes,
  };
}

type IdleState = "visible" | "hidden" | "saving" | "headless";

async function idleHour(state: IdleState) {
  const { clock, platform, traffic, client } = await setUp(
    state === "headless" ? "headless" : "page",
  );
  if (state === "saving") platform.isSaving = true;
  if (state === "hidden" || state === "saving") platform.live("hidden");
  await clock.advance(600_000);
  const { bytes, frames } = traffic;
  const { fired } = clock;
  const cpu = process.cpuUsage();
  await clock.advance(HOUR_MS);
  const used = process.cpuUsage(cpu);
  const result = {
    cpuMs: Math.round((used.user + used.system) / 1_000),
    wakeUps: clock.fired - fired,
    frames: traffic.frames - frames,
    wireBytes: traffic.bytes - bytes,
  };
  await client.close();
  return result;
}

/** What stays in memory after a network that drops the connection again and again. */
async function perReconnects(count: number) {
  const { clock, server, client } = await setUp("headless");
  const reconnect = async () => {
    server.cut();
    await clock.advance(60_000);
    // The stand-in remembers for its tests; that is not the client's.
    server.sockets.splice(0, server.sockets.length - 1);
    server.frames.length = 0;
  };
  // What is made once, by the first of them, is no growth.
  for (let index = 0; index < WARM_UP; index += 1) await reconnect();
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed;
  const before = server.connects;
  for (let index = 0; index < count; index += 1) await reconnect();
  globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed - heap;
  const reconnects = server.connects - before;
  await client.close();
  return { reconnects, heapBytes };
}

const report = {
  per1000: {
    sent: await perThousand(({ client }) => {
      for (let index = 0; index < MESSAGES; index += 1) client.send(TALK, `message ${index}`);
    }),
    received: await perThousand(({ server }) => {
      for (let index = 0; index < MESSAGES; index += 1) server.text(TALK, `message ${index}`);
    }),
  },
  per10000Reconnects: await perReconnects(10_000),
  perIdleHour: {
    visible: await idleHour("visible"),
    hidden: await idleHour("hidden"),
    saving: await idleHour("saving"),
    headless: await idleHour("headless"),
  },
};

console.log(JSON.stringify(report, null, process.argv.includes("--json") ? 0 : 2));
