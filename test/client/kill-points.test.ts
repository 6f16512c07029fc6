/**
 * A process dies at each point between `send` and the end of its outbox row; the next one runs over
 * the same store. Whatever was reported queued arrives exactly once, in order, by itself.
 */
import { describe, expect, test } from "vitest";
import { memoryStore } from "../../client/memory-store.ts";
import type { ClientStore } from "../../client/store.ts";
import { crashingStore } from "../support/client/crashing-store.ts";
import type { FakeServer } from "../support/client/fake-server.ts";
import { lab, TALK } from "../support/client/lab.ts";

const TEXTS = ["one", "two", "three", "four"];
/** What the app of the first life was told, and what its handler has taken. */
interface Told {
  readonly queued: string[];
  readonly handled: string[];
}

async function firstLife(
  store: ClientStore,
  crash: (server: FakeServer) => void,
): Promise<LifeEnd> {
  const told: Told = { queued: [], handled: [] };
  const { client, server, clock } = lab({ store });
  crash(server);
  client.onMessage(({ content }) => void told.handled.push(JSON.stringify(content)));
  void client.connect();
  server.text(TALK, "from bob");
  for (const text of TEXTS) {
    const { queued } = client.send(TALK, text);
    queued.then(
      () => told.queued.push(text),
      () => {},
    );
    await clock.advance(60);
  }
  await clock.advance(2_000);
  return { told, server };
}

interface LifeEnd {
  readonly told: Told;
  readonly server: FakeServer;
}

async function secondLife(store: ClientStore, { told, server }: LifeEnd) {
  server.cut();
  server.rule = () => undefined;
  const { client, clock } = lab({ store, server });
  client.onMessage(({ content }) => void told.handled.push(JSON.stringify(content)));
  await client.connect();
  await clock.advance(20_000);
  return client;
}

function check(server: FakeServer, told: Told): void {
  const mine = server.log(TALK).filter((text) => text !== "from bob");
  expect(mine).toEqual(TEXTS.slice(0, mine.length));
  expect(mine).toEqual(expect.arrayContaining(told.queued));
  expect(told.handled).toContain(JSON.stringify({ kind: "text", text: "from bob" }));
}

async function storeSteps(): Promise<number> {
  const store = crashingStore(memoryStore(), Number.POSITIVE_INFINITY, "before", () => {});
  const { server, told } = await firstLife(store, () => {});
  expect(server.log(TALK)).toHaveLength(TEXTS.length + 1);
  expect(told.queued).toEqual(TEXTS);
  return store.steps();
}

describe("kill points in the store", async () => {
  const steps = await storeSteps();
  test("there are enough of them", () => expect(steps).toBeGreaterThanOrEqual(12));

  for (let step = 1; step <= steps; step += 1) {
    for (const when of ["before", "after"] as const) {
      test(`${when} the commit of store step ${step} of ${steps}`, async () => {
        const disk = memoryStore();
        let dead: FakeServer | undefined;
        const store = crashingStore(disk, step, when, () => dead?.forget());
        const end = await firstLife(store, (server) => {
          dead = server;
        });
        const client = await secondLife(disk, end);
        check(end.server, end.told);
        expect(client.connection.get().waiting).toBe(0);
        expect((await disk.read()).outbox).toEqual([]);
        await client.close();
      });
    }
  }
});

describe("kill points on the wire", () => {
  const POINTS: Record<string, (server: FakeServer) => void> = {
    "the frame never left": (server) => {
      server.rule = (frame) => (frame.t === "submit" ? die(server, "swallow") : undefined);
    },
    "the server has it, the answer is lost": (server) => {
      server.rule = (frame) => (frame.t === "submit" ? die(server, "deaf") : undefined);
    },
    "the ack never left": (server) => {
      server.rule = (frame) => (frame.t === "ack" ? die(server, "swallow") : undefined);
    },
    "hello was not answered": (server) => {
      server.rule = (frame) => (frame.t === "hello" ? die(server, "swallow") : undefined);
    },
  };

  function die(server: FakeServer, way: "swallow" | "deaf") {
    queueMicrotask(() => queueMicrotask(() => server.forget()));
    return way;
  }

  for (const [name, point] of Object.entries(POINTS)) {
    test(name, async () => {
      const disk = memoryStore();
      const end = await firstLife(disk, point);
      const client = await secondLife(disk, end);
      check(end.server, end.told);
      expect(end.server.log(TALK).filter((text) => text !== "from bob")).toEqual(TEXTS);
      expect((await disk.read()).outbox).toEqual([]);
      await client.close();
    });
  }
});

test("a lost store is a new device: no counter is used twice", async () => {
  const { client, server, clock } = await lab().started();
  await client.send(TALK, "before").accepted;
  await client.close();
  await clock.advance(10);
  const next = lab({ server, clock });
  next.platform.random.id = () => "anotherdevice0000000001";
  await next.started();
  await next.client.send(TALK, "after").accepted;
  expect(server.log(TALK)).toEqual(["before", "after"]);
  const ids = server.entries.map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
  await next.client.close();
});

test("a store that was put back to an older state does not reuse what the server has seen", async () => {
  const { client, server, clock } = lab();
  server.welcome = { counter: 41 };
  await client.connect();
  await clock.advance(10);
  const handle = client.send(TALK, "m");
  expect(await handle.queued).toMatch(/:42$/);
  await client.close();
});
