import { describe, expect, test, vi } from "vitest";
import { HoldfastError } from "../../client/errors.ts";
import type { MessageState } from "../../client/model.ts";
import { DEVICE_LIMITS } from "../../protocol/device-limits.ts";
import { lab, OTHER_TALK, TALK } from "../support/client/lab.ts";

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "resolved",
    (error: unknown) => (error instanceof HoldfastError ? error.code : error),
  );

describe("sending", () => {
  test("one at once when idle, all that wait in one frame afterwards", async () => {
    const { client, server, clock } = await lab().started();
    for (let index = 0; index < 150; index += 1) client.send(TALK, `m${index}`);
    await clock.advance(100);
    const sizes = server.frames.flatMap((frame) =>
      frame.t === "submit" ? [frame.items.length] : [],
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(150);
    expect(sizes.length).toBeLessThanOrEqual(4);
    expect(server.log(TALK)).toEqual(Array.from({ length: 150 }, (_, index) => `m${index}`));
  });

  test("a timeout is delayed, never failed; the same id goes on being tried", async () => {
    const { client, server, clock } = await lab().started();
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const states: MessageState[] = [];
    const handle = client.send(TALK, "slow");
    handle.onState((state) => states.push(state));
    await clock.advance(7_900);
    expect(handle.state).toBe("sending");
    await clock.advance(200);
    expect(handle.state).toBe("delayed");
    server.rule = () => undefined;
    await clock.advance(10_000);
    expect(states).toEqual(["sending", "delayed", "sending", "accepted"]);
    expect(server.log(TALK)).toEqual(["slow"]);
    const counters = server.frames.flatMap((frame) => (frame.t === "submit" ? frame.items : []));
    expect(new Set(counters.map(({ counter }) => counter)).size).toBe(1);
  });

  test("what is delayed goes at the person's word, and no second time", async () => {
    const { client, server, clock } = await lab().started();
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const slow = client.send(TALK, "slow");
    const other = client.send(OTHER_TALK, "other");
    await clock.advance(8_100);
    server.rule = () => undefined;
    await Promise.all([client.resend(slow.key), clock.advance(10)]);
    expect([slow.state, other.state]).toEqual(["accepted", "accepted"]);
    await clock.advance(30_000);
    expect([server.log(TALK), server.log(OTHER_TALK)]).toEqual([["slow"], ["other"]]);
  });

  test("a durable message says so to the store alone", async () => {
    const { client, server, clock, store } = await lab().started();
    const written = vi.spyOn(store, "enqueue");
    await Promise.all([client.send(TALK, "a", { durable: true }).accepted, clock.advance(10)]);
    expect(written).toHaveBeenCalledWith(expect.objectContaining({ durable: true }));
    const [item] = server.frames.flatMap((frame) => (frame.t === "submit" ? frame.items : []));
    expect(item).not.toHaveProperty("durable");
  });

  test("what is sent already waits for its answer, whoever presses", async () => {
    const { client, server, clock } = await lab().started();
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const slow = client.send(TALK, "slow");
    await clock.advance(1_000);
    await Promise.all([client.resend(slow.key), clock.advance(10)]);
    expect(server.frames.filter(({ t }) => t === "submit")).toHaveLength(1);
  });

  test("what is delayed can be dropped, and holds up nobody", async () => {
    const { client, server, clock } = lab();
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const never = client.send(TALK, "never");
    const other = client.send(OTHER_TALK, "other");
    await client.connect();
    const dropped = never.accepted.catch((error: unknown) => error);
    await clock.advance(8_100);
    expect([never.state, other.state]).toEqual(["delayed", "delayed"]);
    await Promise.all([client.drop(never.key), clock.advance(10)]);
    expect(await dropped).toMatchObject({ code: "dropped" });
    server.rule = () => undefined;
    await clock.advance(30_000);
    expect(other.state).toBe("accepted");
    expect(server.log(TALK)).toEqual([]);
  });

  test("what waits stands behind all that is numbered, however late it was said", async () => {
    const { client, server, clock } = await lab().started();
    const list = client.messages(TALK);
    list.subscribe(() => {});
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    client.send(TALK, "mine");
    await clock.advance(100);
    server.text(TALK, "theirs");
    await clock.advance(100);
    const shown = () => list.get().messages.map(({ number, own }) => [number, own]);
    expect(shown()).toEqual([
      [1, false],
      [undefined, true],
    ]);
    server.rule = () => undefined;
    server.text(TALK, "theirs again");
    await clock.advance(20_000);
    expect(shown()).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
  });

  test("R1 R2: an answer that was lost is asked for again, and shows the same number", async () => {
    const { client, server, clock } = await lab().started();
    server.rule = (frame) => (frame.t === "submit" ? "deaf" : undefined);
    const handle = client.send(TALK, "once");
    await clock.advance(10);
    server.rule = () => undefined;
    server.cut();
    await clock.advance(10_000);
    expect(server.log(TALK)).toEqual(["once"]);
    expect((await handle.accepted).number).toBe(1);
  });

  test("R4: a refusal holds its own conversation; dropping it lets the rest go in order", async () => {
    const { client, server, clock } = await lab().started();
    server.judge = ({ body }) =>
      body.kind === "text" && body.text === "bad" ? { code: "not-allowed" } : undefined;
    const failed: string[] = [];
    client.on("failed", ({ failure }) => failed.push(failure.code));
    const [, bad] = ["one", "bad", "two", "three"].map((text) => client.send(TALK, text));
    client.send(OTHER_TALK, "elsewhere");
    await clock.advance(5_000);
    expect(server.log(TALK)).toEqual(["one"]);
    expect(server.log(OTHER_TALK)).toEqual(["elsewhere"]);
    expect(bad?.state).toBe("failed");
    expect(await code(bad?.accepted ?? Promise.resolve())).toBe("not-allowed");
    expect(failed).toEqual(["not-allowed"]);
    await client.drop(bad?.key ?? "");
    await clock.advance(5_000);
    expect(server.log(TALK)).toEqual(["one", "two", "three"]);
  });

  test("R4: what waits behind a refused message goes when another copy of that one was taken", async () => {
    const { client, server, clock } = lab();
    server.judge = ({ body }) =>
      body.kind === "text" && body.text === "one" ? { code: "not-found" } : undefined;
    await client.connect();
    const one = client.send(TALK, "one");
    const two = client.send(TALK, "two");
    await clock.advance(1_000);
    expect([one.state, two.state]).toEqual(["failed", "queued"]);
    const { device } = client;
    server.arrive(TALK, { kind: "text", text: "one" }, `alice:${device}:1`);
    await clock.advance(1_000);
    expect(two.state).toBe("accepted");
  });

  test("a refused message that is sent again keeps its id and its place", async () => {
    const { client, server, clock } = await lab().started();
    server.judge = ({ body }) =>
      body.kind === "text" && body.text === "maybe" ? { code: "not-allowed" } : undefined;
    const maybe = client.send(TALK, "maybe");
    client.send(TALK, "after");
    await clock.advance(100);
    const id = maybe.id;
    server.judge = () => undefined;
    await client.resend(maybe.key);
    await clock.advance(3_000);
    expect(server.log(TALK)).toEqual(["maybe", "after"]);
    expect(server.entries[0]?.id).toBe(id);
    expect(maybe.state).toBe("accepted");
  });

  test("R4: a refused message that is sent again while another one overtakes it goes behind that", async () => {
    const { client, server, clock } = await lab().started();
    server.judge = ({ body }) => (body.kind === "text" ? { code: "not-allowed" } : undefined);
    const again = client.send(TALK, "again");
    await clock.advance(100);
    server.judge = () => undefined;
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    client.setTtl(TALK, 60);
    await clock.advance(100);
    await client.resend(again.key);
    server.rule = () => undefined;
    await clock.advance(20_000);
    expect(again.state).toBe("accepted");
    expect(server.entries.map(({ id }) => id).at(-1)).toBe(again.id);
    expect(server.log(TALK)).toEqual(["ttl", "again"]);
  });

  test("without anybody to ask, refused messages can be dropped by policy", async () => {
    const { client, server, clock } = await lab({ onRejected: "drop" }).started();
    server.judge = ({ body }) =>
      body.kind === "text" && body.text === "bad" ? { code: "not-allowed" } : undefined;
    const [bad] = ["bad", "good"].map((text) => client.send(TALK, text));
    await clock.advance(5_000);
    expect(server.log(TALK)).toEqual(["good"]);
    expect(await code(bad?.accepted ?? Promise.resolve())).toBe("not-allowed");
    expect(client.connection.get().waiting).toBe(0);
  });

  test("a rate error paces the flush", async () => {
    const { client, server, clock } = await lab().started();
    let refusals = 0;
    server.judge = () => {
      refusals += 1;
      return refusals <= 1 ? { code: "rate", retryAfterMs: 2_000 } : undefined;
    };
    client.send(TALK, "m");
    await clock.advance(1_900);
    expect(server.log(TALK)).toEqual([]);
    await clock.advance(200);
    expect(server.log(TALK)).toEqual(["m"]);
  });

  test("a frame that is refused as a whole is blamed on the message it names", async () => {
    const { client, server, clock } = await lab().started();
    server.rule = (frame, peer) => {
      const bad =
        frame.t === "submit" ? frame.items.findIndex(({ body }) => body.kind === "recall") : -1;
      if (bad < 0) return undefined;
      const error = {
        code: "bad-field" as const,
        field: `items.${bad}.body.target`,
        rule: "min:1",
      };
      queueMicrotask(() => peer.events.onText(JSON.stringify({ t: "error", of: "submit", error })));
      return "swallow";
    };
    client.send(OTHER_TALK, "a");
    const bad = client.recall(TALK, 0);
    client.send(OTHER_TALK, "b");
    await clock.advance(2_000);
    expect(server.log(OTHER_TALK)).toEqual(["a", "b"]);
    expect(bad.state).toBe("failed");
    await expect(bad.accepted).rejects.toMatchObject({ code: "bad-field", rule: "min:1" });
  });

  test("limited attempts and limited time fail visibly, and a resend uses the same id", async () => {
    const { client, server, clock } = await lab().started();
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const twice = client.send(TALK, "twice", { maxAttempts: 2 });
    const short = client.send(OTHER_TALK, "short", { failAfterMs: 5_000 });
    await clock.advance(60_000);
    expect(await code(twice.accepted)).toBe("gave-up");
    expect(await code(short.accepted)).toBe("gave-up");
    server.rule = () => undefined;
    await client.resend(twice.key);
    await clock.advance(5_000);
    expect(server.log(TALK)).toEqual(["twice"]);
    expect(server.entries.find(({ conversation }) => conversation === TALK)?.id).toBe(twice.id);
  });

  test("a message that nobody took within its time is expired, and shown as that", async () => {
    const { client, clock, server } = lab({ messageTtlMs: 60_000 });
    server.unreachable = true;
    await client.connect();
    const handle = client.send(TALK, "late");
    await clock.advance(59_000);
    expect(handle.state).toBe("queued");
    await clock.advance(2_000);
    expect(handle.state).toBe("failed");
    expect(await code(handle.accepted)).toBe("expired");
    expect(await code(handle.delivered)).toBe("expired");
    await handle.queued;
  });

  test("an edit that nobody took within its time is forgotten: it would hold back what follows", async () => {
    const { client, clock, server } = lab({ messageTtlMs: 60_000 });
    server.unreachable = true;
    await client.connect();
    const edit = client.edit(TALK, 1, "late");
    await clock.advance(59_000);
    const after = client.send(TALK, "after");
    await clock.advance(2_000);
    expect(await code(edit.accepted)).toBe("expired");
    server.unreachable = false;
    await clock.advance(20_000);
    expect(after.state).toBe("accepted");
    expect(client.connection.get().waiting).toBe(0);
  });

  test("what is older than the app wants is sent only after the user's word", async () => {
    const { client, clock, server } = lab({ askAfterMs: 60_000 });
    server.unreachable = true;
    await client.connect();
    const old = client.send(TALK, "old");
    await clock.advance(61_000);
    server.unreachable = false;
    await clock.advance(20_000);
    expect(client.connection.get().state.kind).toBe("live");
    expect(server.log(TALK)).toEqual([]);
    await client.resend(old.key);
    await clock.advance(100);
    expect(server.log(TALK)).toEqual(["old"]);
  });

  test("what fits no frame is refused at once, and costs no connection", async () => {
    const { client, server, clock } = await lab().started();
    const huge = client.send(TALK, "x".repeat(66_000));
    const fine = client.send(TALK, "y".repeat(60_000));
    await clock.advance(100);
    expect(await code(huge.queued)).toBe("too-big");
    expect(huge.state).toBe("failed");
    expect(fine.state).toBe("accepted");
    expect(server.connects).toBe(1);
  });

  test("a full outbox says so and drops nothing", async () => {
    const { client, clock } = lab();
    const handles = Array.from({ length: 5_001 }, (_, index) => client.send(TALK, `m${index}`));
    await clock.advance(0);
    expect(await code(handles[4_999]?.queued ?? Promise.resolve())).toBe("resolved");
    expect(await code(handles[5_000]?.queued ?? Promise.resolve())).toBe("outbox-full");
    expect(client.connection.get().waiting).toBe(5_000);
  });

  test("an outbox of too many bytes is full as well", async () => {
    const { client, clock } = lab();
    const codes: unknown[] = [];
    while (codes.length < 300 && codes.at(-1) !== "outbox-full") {
      const queued = code(client.send(TALK, "x".repeat(60_000)).queued);
      await clock.advance(0);
      codes.push(await queued);
    }
    const kept = Math.floor(DEVICE_LIMITS.outboxBytes / 60_000);
    expect(codes.at(-1)).toBe("outbox-full");
    expect(codes.length).toBeLessThanOrEqual(kept + 1);
    expect(codes.length).toBeGreaterThan(kept - 5);
  });

  test("what is being written counts: many at once do not go beyond the bytes either", async () => {
    const { client, clock } = lab();
    const sent = Array.from({ length: 300 }, () => client.send(TALK, "x".repeat(60_000)));
    const codes = Promise.all(sent.map(({ queued }) => code(queued)));
    await clock.advance(100);
    const kept = (await codes).filter((one) => one !== "outbox-full").length;
    expect(kept).toBeLessThanOrEqual(Math.floor(DEVICE_LIMITS.outboxBytes / 60_000));
    expect(kept).toBeGreaterThan(250);
  });

  test("an accepted message that is given up after all fails on every handle and view", async () => {
    const { client, server, clock } = await lab().started();
    const list = client.messages(TALK);
    list.subscribe(() => {});
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const handle = client.send(TALK, "lost");
    await clock.advance(10);
    server.send({
      t: "accepted",
      results: [{ conversation: TALK, counter: 1, number: null, at: 5 }],
    });
    await clock.advance(10);
    expect(await handle.accepted).toMatchObject({ number: null });
    const content = { kind: "text", text: "lost" } as const;
    server.note(TALK, { kind: "failed", code: "expired", content }, handle.id);
    await clock.advance(10);
    expect(handle.state).toBe("failed");
    expect(await code(handle.delivered)).toBe("expired");
    expect(list.get().messages).toMatchObject([{ state: "failed", failure: { code: "expired" } }]);
  });

  test("closing settles every promise and leaves nothing behind", async () => {
    const { client, server, clock, platform, make } = await lab().started();
    server.rule = (frame) => (frame.t === "submit" ? "swallow" : undefined);
    const handle = client.send(TALK, "kept");
    const page = client.history(OTHER_TALK, { limit: 10 });
    await clock.advance(10);
    await client.close();
    expect(await code(handle.accepted)).toBe("closed");
    expect(await code(handle.delivered)).toBe("closed");
    expect(["closed", "resolved"]).toContain(await code(page));
    expect(clock.pending).toBe(0);
    expect(platform.listeners).toBe(0);
    expect(server.live).toHaveLength(0);
    server.rule = () => undefined;
    const again = make();
    await again.connect();
    await clock.advance(100);
    expect(server.log(TALK)).toEqual(["kept"]);
    await again.close();
    expect(clock.pending).toBe(0);
  });
});

test("R4 a refused change is told and holds nothing back: it stands in no list", async () => {
  const { client, server, clock } = lab();
  await client.connect();
  server.text(TALK, "hi");
  await clock.advance(1_000);
  server.judge = ({ body }) => (body.kind === "text" ? undefined : { code: "too-late" });
  const failed: string[] = [];
  client.on("failed", ({ content }) => void failed.push(content.kind));
  const changes = [
    client.edit(TALK, 1, "late"),
    client.recall(TALK, 1),
    client.react(TALK, 1, "👍"),
  ];
  const after = client.send(TALK, "goes on");
  await clock.advance(5_000);
  for (const { accepted } of changes) await expect(accepted).rejects.toThrow("too-late");
  expect(failed).toEqual(["edit", "recall", "reaction"]);
  expect(await after.accepted).toMatchObject({ number: 2 });
  expect(client.connection.get().waiting).toBe(0);
});
