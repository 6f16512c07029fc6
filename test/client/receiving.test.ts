import { describe, expect, test } from "vitest";
import { HoldfastError } from "../../client/errors.ts";
import { memoryStore } from "../../client/memory-store.ts";
import type { ClientEvent } from "../../client/model.ts";
import type { FakeServer } from "../support/client/fake-server.ts";
import { lab, OTHER_TALK, TALK } from "../support/client/lab.ts";

function acks(server: FakeServer): number[] {
  return server.frames.flatMap((frame) => (frame.t === "ack" ? [frame.seq] : []));
}

const textsOf = (messages: readonly { readonly content: { readonly kind: string } }[]) =>
  messages.map(({ content }) => ("text" in content ? content.text : content.kind));

describe("R5: the ack says stored and handled", () => {
  test("a handler gets each entry once, in order, one after the other, before the ack", async () => {
    const { client, server, clock } = lab();
    const seen: string[] = [];
    let running = 0;
    client.onMessage(async ({ content }) => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push("text" in content ? content.text : content.kind);
      running -= 1;
    });
    await client.connect();
    for (const text of ["a", "b", "c"]) server.text(TALK, text);
    await clock.advance(0);
    expect(acks(server)).toEqual([]);
    await clock.advance(1_000);
    expect(seen).toEqual(["a", "b", "c"]);
    expect(acks(server)).toEqual([3]);
  });

  test("one that throws is not acked, is told to the server, and gets the same entry again", async () => {
    const { client, server, clock } = lab();
    const seen: string[] = [];
    let bad = 1;
    client.onMessage(({ content }) => {
      const text = "text" in content ? content.text : "";
      seen.push(text);
      if (text === "b" && bad > 0) {
        bad -= 1;
        throw new Error("not now");
      }
    });
    await client.connect();
    server.note(TALK, { kind: "receipt", user: "bob", delivered: 0, read: 0 });
    for (const text of ["a", "b", "c"]) server.text(TALK, text);
    await clock.advance(900);
    expect(seen).toEqual(["a", "b"]);
    expect(acks(server).at(-1)).toBe(2);
    expect(server.frames).toContainEqual({ t: "nack", seq: 3, reason: "not now" });
    await clock.advance(1_500);
    expect(seen).toEqual(["a", "b", "b", "c"]);
    expect(acks(server).at(-1)).toBe(4);
  });

  test("also after a restart, whether or not it is pushed again", async () => {
    const store = memoryStore();
    const first = lab({ store });
    first.client.onMessage(() => {
      throw new Error("never");
    });
    await first.client.connect();
    first.server.text(TALK, "kept");
    await first.clock.advance(1_000);
    await first.client.close();
    first.server.unreachable = true;
    const second = lab({ store, server: first.server });
    const seen: string[] = [];
    second.client.onMessage(({ number }) => void seen.push(`n${number}`));
    await second.client.connect();
    await second.clock.advance(1_000);
    expect(seen).toEqual(["n1"]);
    first.server.unreachable = false;
    await second.clock.advance(20_000);
    expect(seen).toEqual(["n1"]);
    const hello = first.server.frames.filter(({ t }) => t === "hello").at(-1);
    expect(hello).toMatchObject({ cursor: 1 });
  });

  test.each(["in the same life", "in the next"])(
    "R5: a store that fails takes nothing with it that the app has not had, %s",
    async (life) => {
      const store = memoryStore();
      const first = lab({ store });
      const seen: string[] = [];
      let isReady = false;
      const handler = ({ number }: { number?: number | undefined }) => {
        if (!isReady) throw new Error("not yet");
        seen.push(`n${number}`);
      };
      first.client.onMessage(handler);
      await first.client.connect();
      for (const text of ["one", "two"]) first.server.text(TALK, text);
      await first.clock.advance(500);
      const isNext = life === "in the next";
      if (isNext) await first.client.close();
      const { client, clock } = isNext ? lab({ store, server: first.server }) : first;
      const causes: unknown[] = [];
      client.on("degraded", ({ cause }) => causes.push(cause));
      if (isNext) {
        client.onMessage(handler);
        await client.connect();
      }
      const gone = () => Promise.reject(new Error("the disk is gone"));
      Object.assign(store, { apply: gone, range: gone, sinceSeq: gone, open: gone });
      isReady = true;
      await clock.advance(20_000);
      expect(seen).toEqual(["n1", "n2"]);
      expect(causes).toHaveLength(1);
      await client.close();
    },
  );

  test("R17: a placeholder ends the wait for what the app refuses", async () => {
    const { client, server, clock } = lab();
    const seen: string[] = [];
    client.onMessage(({ number }) => {
      seen.push(`n${number}`);
      if (number === 1) throw new Error("poison");
    });
    await client.connect();
    server.text(TALK, "poison");
    server.text(TALK, "fine");
    await clock.advance(500);
    const [first] = server.entries;
    if (first === undefined) throw new Error("no entry");
    const entries = [{ ...first, body: { kind: "placeholder" as const, reason: "refused" } }];
    server.send({
      t: "entries",
      route: "retry",
      from: 1,
      to: 1,
      count: 1,
      entries,
      caughtUp: true,
    });
    await clock.advance(1_500);
    expect(seen).toEqual(["n1", "n2"]);
    expect(acks(server).at(-1)).toBe(2);
  });

  test("R17: the entry behind a placeholder comes on request, once", async () => {
    const { client, server, clock } = await lab().started();
    server.text(TALK, "fine");
    server.arrive(TALK, { kind: "placeholder", reason: "refused" });
    const list = client.messages(TALK);
    list.subscribe(() => {});
    await clock.advance(200);
    const retry = async (number: number) => {
      const end = client.retryEntry(TALK, number).then(
        () => "asked",
        (error: HoldfastError) => error.code,
      );
      await clock.advance(10);
      return end;
    };
    expect(await retry(1)).toBe("not-found");
    expect(await retry(2)).toBe("asked");
    expect(server.frames.at(-1)).toEqual({ t: "retry-entry", seq: 2 });
    const [, stub] = server.entries;
    if (stub === undefined) throw new Error("no entry");
    const real = (text: string) => ({ ...stub, body: { kind: "text" as const, text } });
    const frame = { t: "entries", route: "retry", from: 2, to: 2, count: 1 } as const;
    for (const text of ["at last", "not asked for"]) {
      server.send({ ...frame, entries: [real(text)], caughtUp: false });
    }
    await clock.advance(10);
    const shown = list.get().messages.map(({ content }) => content);
    expect(shown.at(-1)).toEqual({ kind: "text", text: "at last" });
    expect(await retry(2)).toBe("not-found");
    server.arrive(TALK, { kind: "placeholder", reason: "refused" });
    await clock.advance(10);
    server.unreachable = true;
    server.cut();
    expect(await retry(3)).toBe("offline");
    await client.close();
  });

  test("what an earlier session brought, stored during the next one, is not acked in it", async () => {
    const store = memoryStore();
    const apply = store.apply.bind(store);
    let gate: Promise<void> = Promise.resolve();
    store.apply = (batch) => gate.then(() => apply(batch));
    const { client, server, clock } = await lab({ store }).started();
    let open: () => void = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    for (const text of ["a", "b", "c"]) server.text(TALK, text);
    await clock.advance(10);
    server.holdsFeed = true;
    server.cut();
    await clock.advance(5_000);
    expect(server.live).toHaveLength(1);
    open();
    await clock.advance(2_000);
    expect(acks(server).filter((seq) => seq > 0)).toEqual([]);
    server.holdsFeed = false;
    server.text(TALK, "d");
    await clock.advance(2_000);
    expect(acks(server).at(-1)).toBe(4);
    await client.close();
  });

  test("R14: an ack that is refused for a while is said again", async () => {
    const { server, clock } = await lab().started();
    server.rule = (frame, peer) => {
      if (frame.t !== "ack") return undefined;
      server.rule = () => undefined;
      const error = { code: "rate" as const, retryAfterMs: 3_000 };
      queueMicrotask(() => peer.events.onText(JSON.stringify({ t: "error", of: "ack", error })));
      return "swallow";
    };
    server.text(TALK, "a");
    await clock.advance(2_900);
    expect(server.sockets[0]?.acked).toBe(0);
    await clock.advance(300);
    expect(server.sockets[0]?.acked).toBe(1);
  });

  test("R18: an urgent entry ahead of a backlog is an alert now and a message in its turn", async () => {
    const { client, server, clock } = await lab().started();
    const alerts: string[] = [];
    client.on("urgent", ({ message }) => alerts.push(message.key));
    for (const peer of server.sockets) peer.sent = 3;
    for (const text of ["a", "b", "now!"]) server.text(TALK, text);
    const entries = server.entries.slice(2);
    server.send({
      t: "entries",
      route: "urgent",
      from: 3,
      to: 3,
      count: 1,
      entries,
      caughtUp: false,
    });
    await clock.advance(200);
    expect(alerts).toHaveLength(1);
    expect(client.conversations.get()).toEqual([]);
    expect(server.frames.filter(({ t }) => t === "sync")).toEqual([]);
    expect(server.frames.filter(({ t }) => t === "ack")).toEqual([
      { t: "ack", seq: 0, aside: [3] },
    ]);
    const before = server.entries.slice(0, 2);
    server.send({
      t: "entries",
      route: "live",
      from: 1,
      to: 2,
      count: 2,
      entries: before,
      caughtUp: true,
    });
    await clock.advance(200);
    expect(client.conversations.get()).toMatchObject([{ head: 3, unread: 3 }]);
    expect(acks(server).at(-1)).toBe(3);
  });

  test("many at once are acked at once, so that the window opens", async () => {
    const { client, server, clock } = lab();
    for (let index = 0; index < 1_000; index += 1) server.text(TALK, `m${index}`);
    await client.connect();
    await clock.advance(200);
    expect(client.connection.get().state.kind).toBe("live");
    expect(client.conversations.get()).toMatchObject([{ head: 1_000, unread: 1_000 }]);
    await clock.advance(1_000);
    expect(acks(server).at(-1)).toBe(1_000);
  });
});

describe("R6 R7: no hole", () => {
  test("a lost push is noticed by the next one and asked for", async () => {
    const { client, server, clock } = await lab().started();
    const messages = client.messages(TALK);
    messages.subscribe(() => {});
    server.text(TALK, "a");
    await clock.advance(10);
    for (const peer of server.sockets) peer.sent += 1;
    server.text(TALK, "lost");
    server.text(TALK, "c");
    await clock.advance(10);
    expect(textsOf(messages.get().messages)).toEqual(["a", "lost", "c"]);
    expect(server.frames).toContainEqual({ t: "sync", cursor: 1 });
  });

  test("a lost last push is noticed by the pong's head", async () => {
    const { client, server, clock } = await lab().started();
    for (const peer of server.sockets) peer.sent += 1;
    server.text(TALK, "lost");
    await clock.advance(32_000);
    expect(client.conversations.get()).toMatchObject([{ head: 1 }]);
  });

  test("an ack never says more than this session has brought", async () => {
    const store = memoryStore();
    const first = lab({ store });
    first.client.onMessage(() => {
      throw new Error("later");
    });
    await first.client.connect();
    for (const text of ["a", "b", "c"]) first.server.text(TALK, text);
    await first.clock.advance(500);
    await first.client.close();
    const { server } = first;
    const second = lab({ store, server });
    second.client.onMessage(() => {});
    server.rule = (frame, peer) => {
      if (frame.t === "ack") expect(frame.seq).toBeLessThanOrEqual(peer.sent);
      return undefined;
    };
    await second.client.connect();
    await second.clock.advance(3_000);
    expect(acks(server).at(-1)).toBe(3);
  });

  test("a device that was away for too long starts from the state, and keeps its outbox", async () => {
    const store = memoryStore();
    const first = lab({ store });
    const { server } = first;
    await first.started();
    server.text(TALK, "old");
    await first.clock.advance(1_000);
    await first.client.close();
    for (const name of ["d", "e", "f"]) server.text(`direct:alice,${name}`, `from ${name}`);
    server.text(TALK, "missed");
    server.text(TALK, "newest");
    server.floor = 4;
    const second = lab({ store, server });
    const events: ClientEvent[] = [];
    second.client.on("sync", (event) => events.push(event));
    const messages = second.client.messages(TALK);
    messages.subscribe(() => {});
    second.client.send(TALK, "mine");
    await second.client.connect();
    await second.clock.advance(1_000);
    expect(events).toContainEqual({ type: "sync", kind: "reset" });
    expect(second.client.connection.get().state.kind).toBe("live");
    expect(second.client.conversations.get()).toHaveLength(4);
    expect(textsOf(messages.get().messages)).toEqual(["newest", "mine"]);
    expect(messages.get().more).toBe(true);
    const page = await Promise.all([
      second.client.history(TALK, { before: 3, limit: 10 }),
      second.clock.advance(100),
    ]);
    expect(textsOf(page[0].messages)).toEqual(["old", "missed"]);
    expect(textsOf(messages.get().messages)).toEqual(["old", "missed", "newest", "mine"]);
    await second.client.close();
    const third = lab({ store, server });
    await third.started();
    const hello = server.frames.filter(({ t }) => t === "hello").at(-1);
    expect(hello).toMatchObject({ cursor: server.entries.length });
  });
});

test("R7: what arrives between two pages of the state is neither lost nor counted twice", async () => {
  const store = memoryStore();
  const first = lab({ store });
  const { server } = first;
  await first.started();
  server.text(TALK, "old");
  await first.clock.advance(1_000);
  await first.client.close();
  const late = "direct:alice,f";
  for (const name of ["d", "e", "f"]) server.text(`direct:alice,${name}`, `from ${name}`);
  server.floor = 2;
  const second = lab({ store, server });
  const messages = second.client.messages(TALK);
  messages.subscribe(() => {});
  let pages = 0;
  server.rule = (frame) => {
    if (frame.t === "snapshot" && pages === 0) {
      pages += 1;
      // The first page has told of this conversation already, the next one tells of the other.
      server.text(TALK, "between");
      server.text(late, "between, too");
    }
    return undefined;
  };
  await second.client.connect();
  await second.clock.advance(3_000);
  expect(pages).toBe(1);
  expect(textsOf(messages.get().messages)).toContain("between");
  const unread = new Map(second.client.conversations.get().map((row) => [row.id, row.unread]));
  expect(unread.get(TALK)).toBe(1);
  expect(unread.get(late)).toBe(0);
  await second.client.close();
});

test("R11: what was recalled while a device was away for too long is not shown from its store", async () => {
  const store = memoryStore();
  const first = lab({ store });
  const { server } = first;
  await first.started();
  server.text(TALK, "secret");
  await first.clock.advance(1_000);
  await first.client.close();
  server.arrive(TALK, { kind: "recall", target: 1 });
  const [secret] = server.entries;
  if (secret === undefined) throw new Error("no entry");
  server.entries[0] = { ...secret, body: { kind: "recalled", by: "bob" } };
  server.text(TALK, "newest");
  server.floor = 2;
  const second = lab({ store, server });
  await second.started();
  const [page] = await Promise.all([
    second.client.history(TALK, { limit: 10 }),
    second.clock.advance(100),
  ]);
  expect(textsOf(page.messages)).toEqual(["recalled", "newest"]);
  await second.client.close();
});

describe("history", () => {
  test("comes from the local store first, then from the server, and is kept", async () => {
    const { client, server, clock } = await lab().started();
    for (let index = 1; index <= 60; index += 1) server.text(TALK, `m${index}`);
    await clock.advance(2_000);
    const local = await client.history(TALK, { limit: 20 });
    expect(textsOf(local.messages)[0]).toBe("m41");
    expect(local.more).toBe(true);
    expect(server.frames.some(({ t }) => t === "history")).toBe(false);
    await client.close();
  });

  test("asks the server for what is not here, once", async () => {
    const { client, server, clock, store } = await lab().started();
    for (let index = 1; index <= 30; index += 1) server.text(TALK, `m${index}`);
    await clock.advance(2_000);
    const { meta } = await store.read();
    await store.apply({ epoch: meta.epoch, clearEntries: true });
    const ask = async () => {
      const [page] = await Promise.all([
        client.history(TALK, { before: 21, limit: 20 }),
        clock.advance(50),
      ]);
      return page;
    };
    expect(textsOf((await ask()).messages)).toEqual(
      Array.from({ length: 20 }, (_, index) => `m${index + 1}`),
    );
    expect((await ask()).more).toBe(false);
    expect(server.frames.filter(({ t }) => t === "history")).toHaveLength(1);
  });

  test("has a deadline when there is no connection", async () => {
    const { client, server, clock } = lab();
    server.unreachable = true;
    await client.connect();
    const page = client.history(OTHER_TALK, { limit: 10 }).catch((error: unknown) => error);
    await clock.advance(31_000);
    const error = await page;
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code: "timeout" });
  });
});

describe("views", () => {
  test("snapshots keep their identity until something changes", async () => {
    const { client, server, clock } = await lab().started();
    const list = client.messages(TALK);
    list.subscribe(() => {});
    server.text(TALK, "a");
    await clock.advance(10);
    const before = list.get();
    expect(list.get()).toBe(before);
    expect(client.conversations.get()).toBe(client.conversations.get());
    server.text(TALK, "b");
    await clock.advance(10);
    expect(list.get()).not.toBe(before);
    expect(list.get().messages[0]).toBe(before.messages[0]);
    expect(before.messages).toHaveLength(1);
  });

  test("a message keeps its key from waiting to read, also after a restart", async () => {
    const { client, server, clock, make } = await lab().started();
    const list = client.messages(TALK);
    list.subscribe(() => {});
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const { key } = client.send(TALK, "mine");
    await clock.advance(10);
    expect(list.get().messages).toMatchObject([{ key, state: "sending", number: undefined }]);
    server.rule = () => undefined;
    await clock.advance(20_000);
    expect(list.get().messages).toMatchObject([{ key, state: "accepted", number: 1 }]);
    await client.close();
    const again = make();
    const reloaded = again.messages(TALK);
    reloaded.subscribe(() => {});
    await clock.advance(0);
    expect(reloaded.get().messages).toMatchObject([{ key, number: 1, own: true }]);
    await again.close();
  });

  test("the read mark is told, also when it was set offline", async () => {
    const { client, server, clock } = await lab().started();
    for (const text of ["a", "b", "c"]) server.text(TALK, text);
    await clock.advance(100);
    server.unreachable = true;
    server.cut();
    await client.markRead(TALK, 2);
    expect(client.conversations.get()).toMatchObject([{ unread: 1, read: 2 }]);
    server.unreachable = false;
    await clock.advance(20_000);
    expect(server.frames.filter(({ t }) => t === "read")).toEqual([
      { t: "read", conversation: TALK, number: 2 },
    ]);
    server.cut();
    await clock.advance(20_000);
    expect(server.frames.filter(({ t }) => t === "read")).toHaveLength(1);
  });

  test("a bot reads events in a loop that ends with the client", async () => {
    const { client, server, clock } = await lab().started();
    const seen: string[] = [];
    const loop = (async () => {
      for await (const event of client.events()) seen.push(event.type);
    })();
    server.text(TALK, "a");
    await clock.advance(10);
    await client.close();
    await loop;
    expect(seen).toContain("message");
    expect(seen).toContain("conversation");
  });

  test("a listener that throws does not stop the others", async () => {
    const { client, server, clock } = await lab().started();
    const reported: unknown[] = [];
    const report = (error: unknown) => reported.push(error);
    process.on("unhandledRejection", report);
    const seen: string[] = [];
    client.on("message", () => {
      throw new Error("the app's bug");
    });
    client.on("message", ({ message }) => seen.push(message.key));
    server.text(TALK, "a");
    await clock.advance(200);
    process.off("unhandledRejection", report);
    expect(seen).toHaveLength(1);
    expect(reported).toMatchObject([{ message: "the app's bug" }]);
    expect(acks(server)).toEqual([1]);
  });
});
