import { beforeAll, describe, expect, test } from "vitest";
import type { Content, Entry } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/ids.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import { crash, deviceOf, evict, fireAlarm, pairAtHome, rowCount, sqlOf } from "./objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "./support.ts";

beforeAll(() => freshPolicy());

/** Of two people, one keeps the other out; either may be the conversation's home. */
async function keptApart(blocker: "home" | "other") {
  const [home, other] = pairAtHome();
  const [me, them] = blocker === "home" ? [home, other] : [other, home];
  const [b, a] = [await deviceOf(me), await deviceOf(them)];
  const conversation = directConversation(me, them);
  return { a, b, conversation };
}

async function done(device: RawDevice, ref: string): Promise<void> {
  await device.until(() => device.frames.find((one) => one.t === "done" && one.ref === ref));
}

let refs = 0;

async function block(device: RawDevice, user: string, on: boolean): Promise<void> {
  refs += 1;
  const ref = `block-${refs}`;
  device.send({ t: "block", ref, user, on });
  await done(device, ref);
}

async function answer(device: RawDevice, conversation: string, accept: boolean): Promise<void> {
  refs += 1;
  const ref = `answer-${refs}`;
  device.send({ t: "answer-request", ref, conversation, accept });
  await done(device, ref);
}

/** Says it, and returns its number. */
async function said(device: RawDevice, conversation: string, content: string | Content) {
  const result = await device.result(device.sayIn(conversation, content));
  if (typeof result.number !== "number") throw new Error(JSON.stringify(result));
  return result.number;
}

function entryAt(device: RawDevice, conversation: string, number: number): Promise<Entry> {
  const isIt = (one: Entry) => one.number === number && one.conversation === conversation;
  return device.until(() => device.entries.find(isIt));
}

async function stateOf(user: string, conversation: string): Promise<ConversationState | undefined> {
  const response = await api("/v1/conversations", user);
  const { conversations } = (await response.json()) as { conversations: ConversationState[] };
  return conversations.find((state) => state.conversation === conversation);
}

async function prefer(user: string, patch: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(patch);
  const response = await api("/v1/preferences", user, { method: "PUT", body, headers });
  if (!response.ok) throw new Error(await response.text());
}

/** What the sender's devices were told of how far the other side is, by entries and by hints. */
function marksOf(device: RawDevice): { delivered: number; read: number }[] {
  const hints = device.frames.flatMap((frame) => (frame.t === "marks" ? [frame] : []));
  const rows = device.entries.flatMap(({ body }) => (body.kind === "receipt" ? [body] : []));
  return [...hints, ...rows].filter(({ delivered, read }) => delivered + read > 0);
}

describe.each(["home", "other"] as const)(
  "the one who keeps the other out is the %s",
  (blocker) => {
    test("R16 a blocked entry is a stub: neither shown nor counted nor marked, answered as usual", async () => {
      const { a, b, conversation } = await keptApart(blocker);
      await block(b, a.user, true);
      const number = await said(a, conversation, "let me in");
      expect((await entryAt(b, conversation, number)).body).toEqual({ kind: "withheld" });
      expect((await entryAt(a, conversation, number)).body).toEqual({
        kind: "text",
        text: "let me in",
      });
      b.send({ t: "read", conversation, number });
      await b.settle();
      await fireAlarm(b.user);
      await fireAlarm(a.user);
      await a.settle();
      expect(marksOf(a)).toEqual([]);
      expect(await stateOf(b.user, conversation)).toMatchObject({ unread: 0, head: number });
      expect(b.received.join()).not.toContain("let me in");
    });

    test("R16 whoever comes back to their own words finds them, after a crash too", async () => {
      const { a, b, conversation } = await keptApart(blocker);
      await block(b, a.user, true);
      await said(a, conversation, "let me in");
      await crash();
      // What the crash has left undone is found by the alarm of the home.
      await fireAlarm(a.user);
      await fireAlarm(b.user);
      const again = await deviceOf(a.user);
      expect((await entryAt(again, conversation, 1)).body).toMatchObject({ text: "let me in" });
      const theirs = await deviceOf(b.user);
      expect((await entryAt(theirs, conversation, 1)).body).toEqual({ kind: "withheld" });
      await fireAlarm(b.user);
      await again.settle();
      expect(marksOf(again)).toEqual([]);
    });

    test("R16 what is said about unseen words is judged as always, and as unseen", async () => {
      const { a, b, conversation } = await keptApart(blocker);
      const old = await said(b, conversation, "hello");
      const seen = await said(a, conversation, "hi");
      await entryAt(b, conversation, seen);
      await block(b, a.user, true);
      const target = await said(a, conversation, "first");
      await said(a, conversation, { kind: "edit", target, text: "second" });
      await said(a, conversation, { kind: "edit", target: seen, text: "bye" });
      await said(a, conversation, { kind: "reaction", target: old, emoji: "x", on: true });
      await said(a, conversation, { kind: "reaction", target: old, emoji: "x", on: false });
      const wrong = a.sayIn(conversation, { kind: "reaction", target: old, emoji: "x", on: false });
      expect(await a.result(wrong)).toMatchObject({ error: { code: "not-found" } });
      await b.settle();
      const history = await shown(b, conversation);
      expect(history).toEqual(["hello", "hi", ...Array(5).fill("withheld")]);
      expect(await shown(a, conversation)).toContain("second");
      expect(await shown(a, conversation)).toContain("bye");
    });

    test("R16 a recall still takes away what was seen, and is not seen of what was not", async () => {
      const { a, b, conversation } = await keptApart(blocker);
      const seen = await said(a, conversation, "hi");
      await entryAt(b, conversation, seen);
      await block(b, a.user, true);
      const unseen = await said(a, conversation, "secret");
      await said(a, conversation, { kind: "edit", target: unseen, text: "secret again" });
      await said(a, conversation, { kind: "recall", target: seen });
      await said(a, conversation, { kind: "recall", target: unseen });
      await b.settle();
      expect(await shown(b, conversation)).toEqual([
        "recalled",
        "withheld",
        "withheld",
        "recall",
        "withheld",
      ]);
      expect(await rowsWith(b.user, "secret")).toBe(0);
    });

    test("R16 letting them in again shows nothing of what was said meanwhile", async () => {
      const { a, b, conversation } = await keptApart(blocker);
      await block(b, a.user, true);
      const hidden = await said(a, conversation, "while away");
      await entryAt(b, conversation, hidden);
      await block(b, a.user, false);
      await fireAlarm(b.user);
      await fireAlarm(a.user);
      await a.settle();
      expect(marksOf(a)).toEqual([]);
      await said(a, conversation, { kind: "edit", target: hidden, text: "still here" });
      const next = await said(a, conversation, "back again");
      expect((await entryAt(b, conversation, next)).body).toMatchObject({ text: "back again" });
      await a.until(() => marksOf(a).find(({ delivered }) => delivered === next));
      expect(await shown(b, conversation)).toEqual(["withheld", "withheld", "back again"]);
      expect(await stateOf(b.user, conversation)).toMatchObject({ unread: 1 });
    });
  },
);

/** What a device finds when it asks for the history, oldest first. */
async function shown(device: RawDevice, conversation: string): Promise<string[]> {
  refs += 1;
  const ref = `history-${refs}`;
  device.send({ t: "history", ref, conversation, limit: 50 });
  const page = await device.until(() =>
    device.frames.find((frame) => frame.t === "history" && frame.ref === ref),
  );
  if (page.t !== "history") throw new Error("no page");
  const told = page.entries.map(({ body }) => (body.kind === "text" ? body.text : body.kind));
  return told.reverse();
}

async function rowsWith(user: string, text: string): Promise<number> {
  const pattern = `%${text}%`;
  const [timeline] = await sqlOf(
    user,
    "SELECT count(*) AS rows FROM timeline WHERE body LIKE ?",
    pattern,
  );
  const [veiled] = await sqlOf(
    user,
    "SELECT count(*) AS rows FROM veiled WHERE truth LIKE ?",
    pattern,
  );
  return Number(timeline?.["rows"]) + Number(veiled?.["rows"]);
}

test("R16 the block list is on all devices: in the feed, and in the state after a reset", async () => {
  const b = await deviceOf(newUser("bob"));
  const notes = directConversation(b.user, b.user);
  await block(b, "mallory", true);
  await block(b, "mallory", true);
  await block(b, "alice", true);
  await block(b, "alice", false);
  await b.settle();
  expect(b.entries.map(({ conversation, body }) => [conversation, body])).toEqual([
    [notes, { kind: "blocked", user: "mallory", on: true }],
    [notes, { kind: "blocked", user: "alice", on: true }],
    [notes, { kind: "blocked", user: "alice", on: false }],
  ]);
  expect(await stateOf(b.user, notes)).toMatchObject({ blocked: ["mallory"] });
  await evict(b.user);
  expect(await stateOf(b.user, notes)).toMatchObject({ blocked: ["mallory"] });
});

test("R16 nobody writes to whom they keep out, but may take back what was said", async () => {
  const { a, b, conversation } = await keptApart("home");
  const old = await said(b, conversation, "hello");
  await block(b, a.user, true);
  const error = { code: "not-allowed", rule: "blocked" };
  expect(await b.result(b.sayIn(conversation, "more"))).toMatchObject({ error });
  b.counter += 1;
  const body = { kind: "recall", target: old } as const;
  const item = { conversation, counter: b.counter, prev: 1, body };
  expect(await b.submit(item)).toMatchObject({ number: 2 });
});

test("R16 a stranger's words are a request: whole, without marks, until they are accepted", async () => {
  const { a, b, conversation } = await keptApart("home");
  await prefer(b.user, { writers: "contacts" });
  const number = await said(a, conversation, "you don't know me");
  const entry = await entryAt(b, conversation, number);
  expect(entry.body).toMatchObject({ text: "you don't know me" });
  const before = b.entries.find(({ seq }) => seq === entry.seq - 1);
  expect(before).toMatchObject({ conversation, body: { kind: "request", state: "pending" } });
  b.send({ t: "read", conversation, number });
  await b.settle();
  await fireAlarm(b.user);
  await a.settle();
  expect(marksOf(a)).toEqual([]);
  expect(await stateOf(b.user, conversation)).toMatchObject({ request: "pending" });
  await answer(b, conversation, false);
  await said(a, conversation, "please");
  await fireAlarm(b.user);
  await a.settle();
  expect(marksOf(a)).toEqual([]);
  await answer(b, conversation, true);
  await a.until(() => marksOf(a).find(({ read }) => read === number));
  expect(await stateOf(b.user, conversation)).toMatchObject({ request: "accepted" });
  expect(await rowCount(b.user)).toBe(6);
});

test("R16 whoever writes back has accepted; whoever was written to first is no stranger", async () => {
  const { a, b, conversation } = await keptApart("other");
  await prefer(b.user, { writers: "contacts" });
  await said(a, conversation, "hello?");
  await said(b, conversation, "hello!");
  expect(await stateOf(b.user, conversation)).toMatchObject({ request: "accepted" });
  await a.until(() => marksOf(a).find(({ delivered }) => delivered >= 1));
  await prefer(a.user, { writers: "contacts" });
  await said(b, conversation, "and again");
  expect(await stateOf(a.user, conversation)).not.toHaveProperty("request");
});

test("R14 a request that is none, or was accepted, can't be declined", async () => {
  const { a, b, conversation } = await keptApart("home");
  const refused = async (ref: string) =>
    b.until(() => b.frames.find((frame) => frame.t === "error" && frame.ref === ref));
  b.send({ t: "answer-request", ref: "early", conversation, accept: true });
  expect(await refused("early")).toMatchObject({ error: { code: "not-found" } });
  await prefer(b.user, { writers: "contacts" });
  await said(a, conversation, "hello");
  await answer(b, conversation, true);
  b.send({ t: "answer-request", ref: "late", conversation, accept: false });
  expect(await refused("late")).toMatchObject({ error: { code: "not-allowed" } });
  b.send({ t: "block", ref: "me", user: b.user, on: true });
  expect(await refused("me")).toMatchObject({ error: { code: "bad-field", field: "user" } });
});

test("R14 new conversations have a limit a day, which sleep does not reset; known ones go on", async () => {
  await freshPolicy({ newConversationsPerDay: 2 });
  const a = await deviceOf(newUser("alice"));
  const [first, second, third] = [newUser("one"), newUser("two"), newUser("three")];
  for (const user of [first, second]) {
    expect(await a.result(a.say(user, "hello"))).not.toHaveProperty("error");
  }
  await evict(a.user);
  const refused = await a.result(a.say(third, "hello"));
  expect(refused).toMatchObject({ error: { code: "rate" } });
  expect(refused.error?.retryAfterMs).toBeGreaterThan(3_600_000);
  const conversation = directConversation(a.user, first);
  a.counter += 1;
  const body = { kind: "text", text: "still there?" } as const;
  const item = { conversation, counter: a.counter, prev: 1, body };
  expect(await a.submit(item)).not.toHaveProperty("error");
  await freshPolicy();
});
