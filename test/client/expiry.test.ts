/** Messages that expire on a device: when the server says so, whatever the device's clock shows. */
import { describe, expect, test } from "vitest";
import { memoryStore } from "../../client/memory-store.ts";
import { FakeClock } from "../support/client/fake-clock.ts";
import { FakeServer } from "../support/client/fake-server.ts";
import { lab, TALK } from "../support/client/lab.ts";

const YEAR_MS = 365 * 86_400_000;
const TTL_MS = 60_000;

/** A device whose clock is wrong by so much, at a server whose messages live for a minute. */
async function wrongBy(offsetMs: number) {
  const clock = new FakeClock();
  const serverNow = () => clock.now() - offsetMs;
  const server = new FakeServer("alice", serverNow);
  const store = memoryStore();
  const parts = await lab({ clock, server, store }).started();
  const say = (text: string, id?: string) =>
    server.arrive(TALK, { kind: "text", text }, id, { expiresAt: serverNow() + TTL_MS });
  const list = parts.client.messages(TALK);
  list.subscribe(() => {});
  const shown = () =>
    list.get().messages.map(({ content }) => (content.kind === "text" ? content.text : ""));
  const kept = async () => JSON.stringify(await store.range(TALK, 1, 1_000));
  return { ...parts, say, shown, kept };
}

describe("a message that expires", () => {
  test.each([0, 5 * YEAR_MS, -5 * YEAR_MS])(
    "R24 is gone from lists and store in time, with a clock that is off by %i ms",
    async (offsetMs) => {
      const { client, clock, server, say, shown, kept } = await wrongBy(offsetMs);
      server.text(TALK, "for ever");
      await clock.advance(1_000);
      say("canary");
      await clock.advance(1_000);
      expect(shown()).toEqual(["for ever", "canary"]);
      const conversation = () => client.conversations.get().find(({ id }) => id === TALK);
      expect(conversation()).toMatchObject({ unread: 2, last: { number: 2 } });
      await clock.advance(TTL_MS - 2_000);
      expect(shown()).toEqual(["for ever", "canary"]);
      await clock.advance(2_000);
      expect(shown()).toEqual(["for ever"]);
      expect(conversation()).toMatchObject({ unread: 1, last: { number: 1 } });
      expect(await kept()).not.toContain("canary");
    },
  );

  test("is gone as soon as anything tells that its time is over", async () => {
    const clock = new FakeClock();
    let sleptMs = 0;
    const server = new FakeServer("alice", () => clock.now() + sleptMs);
    const { client } = await lab({ clock, server }).started();
    const list = client.messages(TALK);
    list.subscribe(() => {});
    const changes = { expiresAt: clock.now() + TTL_MS };
    server.arrive(TALK, { kind: "text", text: "canary" }, undefined, changes);
    await clock.advance(1_000);
    sleptMs = TTL_MS;
    await clock.advance(1_000);
    expect(list.get().messages).toHaveLength(1);
    server.text(TALK, "good morning");
    await clock.advance(10);
    expect(list.get().messages.map(({ number }) => number)).toEqual([2]);
    await client.close();
  });

  test("takes its edits with it", async () => {
    const { clock, server, say, shown, kept } = await wrongBy(0);
    say("first");
    server.arrive(TALK, { kind: "edit", target: 1, text: "canary 1" });
    // As the server has it: each edit names the one before it.
    const again = { kind: "edit", target: 1, text: "canary 2" } as const;
    server.arrive(TALK, again, undefined, { edited: 2 });
    await clock.advance(1_000);
    expect(shown()).toEqual(["canary 2"]);
    await clock.advance(TTL_MS);
    expect(shown()).toEqual([]);
    expect(await kept()).not.toContain("canary");
  });

  test("R24 takes also the edits before one that came when all was over on the server", async () => {
    const { clock, server, kept } = await wrongBy(0);
    const changes = { expiresAt: clock.now() + TTL_MS, edited: 3 };
    server.arrive(TALK, { kind: "text", text: "canary 2" }, undefined, changes);
    server.arrive(TALK, { kind: "edit", target: 1, text: "canary 1" });
    await clock.advance(1_000);
    server.arrive(TALK, { kind: "withheld" });
    await clock.advance(TTL_MS);
    expect(await kept()).not.toContain("canary");
  });

  test("is gone after a restart that it did not live to see", async () => {
    const { client, clock, server, store, make, say } = await wrongBy(0);
    server.text(TALK, "for ever");
    say("canary");
    await clock.advance(1_000);
    await client.close();
    server.forget();
    await clock.advance(TTL_MS);
    const again = make();
    await again.connect();
    const list = again.messages(TALK);
    list.subscribe(() => {});
    await clock.advance(1_000);
    expect(list.get().messages.map(({ number }) => number)).toEqual([1]);
    expect(JSON.stringify(await store.range(TALK, 1, 9))).not.toContain("canary");
    await again.close();
  });

  test("is gone from pages that were fetched", async () => {
    const { client, clock, server, say, kept } = await wrongBy(0);
    await clock.advance(1_000);
    server.cut();
    for (let index = 0; index < 30; index++) say(`canary ${index}`);
    server.text(TALK, "for ever");
    server.floor = 31;
    await clock.advance(10_000);
    const page = await client.history(TALK, { around: 10, limit: 5 });
    expect(page.messages).toHaveLength(5);
    expect(page.messages[0]?.expiresAt).toBeDefined();
    expect(await kept()).toContain("canary");
    await clock.advance(TTL_MS);
    expect(await kept()).not.toContain("canary");
  });

  test("different lives end at their own times", async () => {
    const { clock, server, shown } = await wrongBy(0);
    const text = (word: string, ttlMs: number) =>
      server.arrive(TALK, { kind: "text", text: word }, undefined, {
        expiresAt: clock.now() + ttlMs,
      });
    text("long", 50_000);
    text("short", 10_000);
    text("longer", 90_000);
    await clock.advance(1_000);
    expect(shown()).toEqual(["long", "short", "longer"]);
    await clock.advance(10_000);
    expect(shown()).toEqual(["long", "longer"]);
    await clock.advance(40_000);
    expect(shown()).toEqual(["longer"]);
    await clock.advance(40_000);
    expect(shown()).toEqual([]);
  });

  test("how long messages live is seen, and said", async () => {
    const { client, clock, server } = await wrongBy(0);
    server.arrive(TALK, { kind: "ttl", seconds: 60 });
    await clock.advance(1_000);
    const seconds = () => client.conversations.get()[0]?.ttlSeconds;
    expect(seconds()).toBe(60);
    await client.setTtl(TALK, null).accepted;
    await clock.advance(1_000);
    expect(seconds()).toBeUndefined();
    const [item] = server.frames.flatMap((frame) => (frame.t === "submit" ? frame.items : []));
    expect(item?.body).toEqual({ kind: "ttl", seconds: null });
  });
});
