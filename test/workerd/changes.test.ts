import { beforeEach, describe, expect, test } from "vitest";
import type { Content, Entry } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import { breakCallsTo } from "./faults.ts";
import {
  crash,
  deviceOf,
  evict,
  fireAlarm,
  forgetTrouble,
  pairAtHome,
  rowCount,
  sqlOf,
} from "./objects.ts";
import { api, freshPolicy, RawDevice, setPolicy } from "./support.ts";

const CANARY = "canary-4711";

beforeEach(() => freshPolicy({ rateBurst: 1_000, handOffDelaysMs: [3_600_000] }));

interface Pair {
  readonly a: RawDevice;
  readonly b: RawDevice;
  readonly conversation: string;
}

/** Two people talking; the first one's object is the home. */
async function pair(): Promise<Pair> {
  const [home, other] = pairAtHome();
  const [a, b] = [await deviceOf(home), await deviceOf(other)];
  return { a, b, conversation: directConversation(home, other) };
}

async function say({ a, conversation }: Pair, body: string | Content, by = a): Promise<number> {
  const result = await by.result(by.sayIn(conversation, body));
  if (result.error !== undefined || result.number == null) {
    throw new Error(`refused: ${JSON.stringify(result)}`);
  }
  return result.number;
}

async function refusalOf({ a, conversation }: Pair, body: Content, by = a): Promise<unknown> {
  return (await by.result(by.sayIn(conversation, body))).error;
}

/** Waits until the device has the entry with this number. */
function entryAt(device: RawDevice, number: number): Promise<Entry> {
  return device.until(() => device.entries.find((entry) => entry.number === number));
}

async function historyOf(device: RawDevice, conversation: string): Promise<Entry[]> {
  device.send({ t: "history", ref: "h", conversation, limit: 50 });
  return (await device.next("history")).entries;
}

async function stateOf(device: RawDevice, conversation: string): Promise<ConversationState> {
  const response = await api("/v1/conversations", device.user);
  const { conversations } = (await response.json()) as { conversations: ConversationState[] };
  const found = conversations.find((one) => one.conversation === conversation);
  if (found === undefined) throw new Error("no such conversation");
  return found;
}

describe("R11 recall", () => {
  test.each(["home", "member"] as const)(
    "R11 after a recall by the %s no frame carries the content",
    async (where) => {
      const { a, b, conversation } = await pair();
      const [by, to] = where === "home" ? [a, b] : [b, a];
      // One device of each user that has not acked: its retries and catch-up come after the recall.
      const slow = [new RawDevice(a.user), new RawDevice(b.user)];
      for (const device of slow) {
        device.autoAck = false;
        await device.connect({ cursor: 0 });
      }
      const both = { a: by, b: to, conversation };
      const target = await say(both, CANARY);
      const edit = await say(both, { kind: "edit", target, text: `${CANARY} edited` });
      const again = await say(both, { kind: "edit", target, text: `${CANARY} again` });
      const reply = await say(both, { kind: "text", text: "a reply", replyTo: target });
      for (const device of [a, b, ...slow]) await entryAt(device, reply);
      const recall = await say(both, { kind: "recall", target });
      for (const device of [a, b]) await entryAt(device, recall);
      for (const device of [...slow, a, b]) device.received.length = 0;

      for (const device of slow) {
        device.close();
        await device.untilClosed();
        device.entries.length = 0;
        await device.connect({ cursor: 0 });
        await entryAt(device, recall);
      }
      for (const device of [a, b]) {
        device.send({ t: "sync", cursor: 0 });
        const bodies = (await historyOf(device, conversation)).map(({ number, body }) => [
          number,
          body.kind,
        ]);
        expect(bodies.reverse()).toEqual([
          [target, "recalled"],
          [edit, "withheld"],
          [again, "withheld"],
          [reply, "text"],
          [recall, "recall"],
        ]);
        const fresh = new RawDevice(device.user);
        await setPolicy({ freshEntries: 0 });
        await fresh.connect({ cursor: null });
        await fresh.next("snapshot");
        for (const path of [
          "/v1/conversations",
          `/v1/conversations/${encodeURIComponent(conversation)}/messages`,
          `/v1/messages/${by.user}:${by.device}:1/trace`,
        ]) {
          expect(await (await api(path, device.user)).text()).not.toContain(CANARY);
        }
        expect(fresh.received.join()).not.toContain(CANARY);
        await device.settle();
        expect(device.received.join()).not.toContain(CANARY);
        for (const table of ["timeline", "conversations", "pending", "ledger", "facts"]) {
          expect(JSON.stringify(await sqlOf(device.user, `SELECT * FROM ${table}`))).not.toContain(
            CANARY,
          );
        }
      }
      expect(slow.map(({ received }) => received.join()).join()).not.toContain(CANARY);
    },
  );

  test("R11 a copy that gets message and recall together never sees the content", async () => {
    const { a, b, conversation } = await pair();
    breakCallsTo(b.user, "before");
    const talk = { a, b, conversation };
    const target = await say(talk, CANARY);
    await say(talk, { kind: "edit", target, text: `${CANARY} edited` });
    const recall = await say(talk, { kind: "recall", target });
    breakCallsTo(b.user, undefined);
    await forgetTrouble(a.user);
    await fireAlarm(a.user);
    await entryAt(b, recall);
    expect(b.received.join()).not.toContain(CANARY);
    expect(b.entries.map(({ body }) => body.kind)).toEqual(["recalled", "withheld", "recall"]);
  });

  test("R11 survives a crash at once after it", async () => {
    const { a, b, conversation } = await pair();
    const target = await say({ a, b, conversation }, CANARY);
    await say({ a, b, conversation }, { kind: "recall", target });
    await crash();
    for (const device of [a, b]) {
      await device.untilClosed();
      device.received.length = 0;
      device.entries.length = 0;
      await device.connect({ cursor: 0 });
    }
    await fireAlarm(a.user);
    await entryAt(b, 2);
    await entryAt(a, 2);
    expect(a.received.join()).not.toContain(CANARY);
    // The other object had not heard of it before the crash; from when it has, it is silent too.
    b.received.length = 0;
    b.send({ t: "sync", cursor: 0 });
    await b.settle();
    expect(b.received.join()).toContain("recalled");
    expect(b.received.join()).not.toContain(CANARY);
  });

  test("R11 only the author may recall, within the window, once", async () => {
    const talk = await pair();
    const target = await say(talk, "mine");
    await entryAt(talk.b, target);
    expect(await refusalOf(talk, { kind: "recall", target }, talk.b)).toEqual({
      code: "not-allowed",
    });
    await setPolicy({ recallWindowMs: 0, editWindowMs: 0 });
    await sqlOf(talk.a.user, "UPDATE timeline SET at = at - 1000");
    await evict(talk.a.user);
    expect(await refusalOf(talk, { kind: "recall", target })).toEqual({ code: "too-late" });
  });

  test("R11 what was recalled can't be recalled, edited or reacted to again", async () => {
    const talk = await pair();
    const target = await say(talk, "mine");
    await say(talk, { kind: "recall", target });
    for (const body of [
      { kind: "recall", target },
      { kind: "edit", target, text: "no" },
      { kind: "reaction", target, emoji: "👍", on: true },
    ] as const) {
      const talkAgain = await pairDeviceOf(talk);
      expect(await refusalOf(talkAgain, body)).toEqual({ code: "gone" });
    }
  });
});

/** Another device of the first user: its counters begin anew, so that a refusal costs no order. */
async function pairDeviceOf({ a, b, conversation }: Pair): Promise<Pair> {
  return { a: await deviceOf(a.user), b, conversation };
}

describe("R8 one log", () => {
  test("R8 edits and reactions come as entries and change the message for whoever comes later", async () => {
    const { a, b, conversation } = await pair();
    const talk = { a, b, conversation };
    const target = await say(talk, "frist");
    await entryAt(b, target);
    const edit = await say(talk, { kind: "edit", target, text: "first" });
    const thumb = await say(talk, { kind: "reaction", target, emoji: "👍", on: true }, b);
    expect((await entryAt(b, edit)).body).toEqual({ kind: "edit", target, text: "first" });
    expect((await entryAt(a, thumb)).body).toMatchObject({ kind: "reaction", on: true });
    for (const device of [a, b]) {
      const late = await deviceOf(device.user);
      expect(await entryAt(late, target)).toMatchObject({
        body: { kind: "text", text: "first" },
        changes: { edited: edit, reactions: { "👍": [b.user] } },
      });
    }
    await say(talk, { kind: "reaction", target, emoji: "👍", on: false }, b);
    const [, , , first] = await historyOf(b, conversation);
    expect(first?.changes).toEqual({ edited: edit });
  });

  test("R8 repeats of an edit or reaction are answered as before and change nothing", async () => {
    const { a, b, conversation } = await pair();
    const target = await say({ a, b, conversation }, "text");
    for (const body of [
      { kind: "edit", target, text: "other" },
      { kind: "reaction", target, emoji: "❤️", on: true },
    ] as const) {
      const item = { conversation, counter: a.counter + 1, prev: a.counter, body };
      a.counter += 1;
      const answer = await a.submit(item);
      const rows = await sqlOf(a.user, "SELECT * FROM timeline WHERE number > 0");
      expect(await a.submit(item)).toEqual(answer);
      expect(await sqlOf(a.user, "SELECT * FROM timeline WHERE number > 0")).toEqual(rows);
    }
  });

  test("R8 a change needs a message that is there and one's own", async () => {
    const talk = await pair();
    const { b, conversation } = talk;
    const target = await say(talk, "text");
    await entryAt(b, target);
    const edit = { kind: "edit", target, text: "not mine" } as const;
    expect(await refusalOf(talk, edit, b)).toEqual({ code: "not-allowed" });
    const other = { a: await deviceOf(b.user), b, conversation };
    const nowhere = { kind: "reaction", target: 99, emoji: "👍", on: true } as const;
    expect(await refusalOf(other, nowhere)).toEqual({ code: "not-found" });
    const third = { a: await deviceOf(b.user), b, conversation };
    const never = { kind: "reaction", target, emoji: "👍", on: false } as const;
    expect(await refusalOf(third, never)).toEqual({ code: "not-found" });
  });

  test("R8 emoji and edits of one message are bounded", async () => {
    const talk = await pair();
    const target = await say(talk, "text");
    for (let i = 0; i < LIMITS.emojiPerMessage; i++) {
      await say(talk, { kind: "reaction", target, emoji: `e${i}`, on: true });
    }
    const more = { kind: "reaction", target, emoji: "one more", on: true } as const;
    expect(await refusalOf(talk, more)).toEqual({ code: "too-big" });
    const editor = await pairDeviceOf(talk);
    for (let i = 1; i <= LIMITS.editsPerMessage; i++) {
      await say(editor, { kind: "edit", target, text: `version ${i}` });
    }
    const edit = { kind: "edit", target, text: "one more" } as const;
    expect(await refusalOf(editor, edit)).toEqual({ code: "too-big" });
  });
});

describe("R9 marks", () => {
  test("R9 unread counts foreign messages after the read mark, without what was recalled", async () => {
    const talk = await pair();
    const { a, b, conversation } = talk;
    const numbers: number[] = [];
    for (let i = 1; i <= 5; i++) numbers.push(await say(talk, `m${i}`));
    await entryAt(b, 5);
    await say(talk, { kind: "text", text: "mine" }, b);
    expect(await stateOf(b, conversation)).toMatchObject({ unread: 5, read: 0 });
    expect(await stateOf(a, conversation)).toMatchObject({ unread: 1 });
    b.send({ t: "read", conversation, number: 2 });
    await b.settle();
    expect(await stateOf(b, conversation)).toMatchObject({ unread: 3, read: 2 });
    await say(talk, { kind: "recall", target: 1 });
    const recall = await say(talk, { kind: "recall", target: 4 });
    await entryAt(b, recall);
    expect(await stateOf(b, conversation)).toMatchObject({ unread: 2 });
    await evict(b.user);
    expect(await stateOf(b, conversation)).toMatchObject({ unread: 2 });
    b.send({ t: "read", conversation, number: 99 });
    await b.settle();
    expect(await stateOf(b, conversation)).toMatchObject({ unread: 0, read: recall });
  });

  test("R9 edits and reactions are not unread, one's own messages never are", async () => {
    const talk = await pair();
    const { a, b, conversation } = talk;
    await say(talk, "one");
    await say(talk, { kind: "edit", target: 1, text: "uno" });
    const last = await say(talk, { kind: "reaction", target: 1, emoji: "👍", on: true });
    await entryAt(b, last);
    expect(await stateOf(b, conversation)).toMatchObject({ unread: 1, head: 3 });
    expect(await stateOf(a, conversation)).toMatchObject({ unread: 0 });
  });

  test("R9 read moves forward only and reaches one's own devices and the other side", async () => {
    const talk = await pair();
    const { a, b, conversation } = talk;
    const second = await deviceOf(b.user);
    for (let i = 1; i <= 3; i++) await say(talk, `m${i}`);
    await entryAt(b, 3);
    b.send({ t: "read", conversation, number: 3 });
    const mark = await second.until(() => second.entries.find(({ body }) => body.kind === "read"));
    expect(mark.body).toEqual({ kind: "read", number: 3, unread: 0 });
    const rows = await rowCount(b.user);
    for (const number of [1, 3]) b.send({ t: "read", conversation, number });
    await b.settle();
    expect(await rowCount(b.user)).toBe(rows);
    expect(await stateOf(b, conversation)).toMatchObject({ read: 3 });
    await a.until(() => {
      const hints = a.frames.flatMap((frame) => (frame.t === "marks" ? [frame] : []));
      const entries = a.entries.flatMap(({ body }) => (body.kind === "receipt" ? [body] : []));
      return [...hints, ...entries].find(({ read, user }) => read === 3 && user === b.user);
    });
  });

  test("R9 a mark that was lost is told again until it stands in a row over there", async () => {
    const talk = await pair();
    const { a, b, conversation } = talk;
    await say(talk, "hello");
    await entryAt(b, 1);
    breakCallsTo(a.user, "before");
    b.send({ t: "read", conversation, number: 1 });
    await b.settle();
    await crash();
    breakCallsTo(a.user, undefined);
    await b.untilClosed();
    // Receipt rows come at most once in a while: the next alarm after that brings the mark.
    await sqlOf(a.user, "UPDATE timeline SET kept_at = kept_at - 3600000");
    await forgetTrouble(b.user);
    await fireAlarm(b.user);
    await fireAlarm(b.user);
    await a.untilClosed();
    await a.connect();
    expect(await stateOf(a, conversation)).toMatchObject({ peer: { delivered: 1, read: 1 } });
  });

  test("R9 delivered and read never fall, whatever order their news comes in", async () => {
    const talk = await pair();
    const { a, b, conversation } = talk;
    const seen: { delivered: number; read: number }[] = [];
    for (let i = 1; i <= 4; i++) {
      await say(talk, `m${i}`);
      await entryAt(b, i);
      b.send({ t: "read", conversation, number: i });
      await b.settle();
      if (i === 2) await evict(a.user, b.user);
      await fireAlarm(b.user);
      seen.push((await stateOf(a, conversation)).peer);
    }
    for (const name of ["delivered", "read"] as const) {
      const values = seen.map((peer) => peer[name]);
      expect(values).toEqual([...values].sort((x, y) => x - y));
    }
  });

  test("R9 whoever keeps reading to themselves tells delivered only", async () => {
    const talk = await pair();
    const { a, b, conversation } = talk;
    const body = JSON.stringify({ readReceipts: false });
    const headers = { "content-type": "application/json" };
    await api("/v1/preferences", b.user, { method: "PUT", body, headers });
    await say(talk, "hello");
    await entryAt(b, 1);
    b.send({ t: "read", conversation, number: 1 });
    await b.settle();
    await fireAlarm(b.user);
    expect(await stateOf(b, conversation)).toMatchObject({ unread: 0, read: 1 });
    await a.until(() => a.entries.find((entry) => entry.body.kind === "receipt"));
    expect((await stateOf(a, conversation)).peer).toEqual({ delivered: 1, read: 0 });
  });
});

test("R3 a forward is a message of its own and outlives the recall of what it repeats", async () => {
  const talk = await pair();
  const { a, b, conversation } = talk;
  const target = await say(talk, "original");
  const id = (await entryAt(a, target)).id ?? "";
  const notes = directConversation(a.user, a.user);
  const forward = { kind: "text", text: "original", forwardOf: id } as const;
  await a.result(a.sayIn(notes, forward));
  await say({ a, b, conversation }, { kind: "recall", target });
  expect((await historyOf(a, notes))[0]?.body).toEqual(forward);
});
