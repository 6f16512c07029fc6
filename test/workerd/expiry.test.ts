/** Message time-to-live: what is over is nowhere any more, by the home's clock alone. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Content, Entry } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { SearchPage } from "../../protocol/search.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import { breakCallsTo } from "./faults.ts";
import { alarmOf, crash, deviceOf, evict, fireAlarm, pairAtHome, sqlOf } from "./objects.ts";
import { api, freshPolicy, RawDevice } from "./support.ts";

const CANARY = "canary-0815";
const TTL_MS = 1_000;

beforeEach(() => freshPolicy({ rateBurst: 1_000, checkpointRows: 4, searchRows: 4 }));

interface Pair {
  readonly a: RawDevice;
  readonly b: RawDevice;
  readonly conversation: string;
}

/** Two people, the first of them at home, whose messages live for `seconds`. */
async function pair(seconds: number | null = TTL_MS / 1_000): Promise<Pair> {
  const [home, other] = pairAtHome();
  const [a, b] = [await deviceOf(home), await deviceOf(other)];
  const talk = { a, b, conversation: directConversation(home, other) };
  if (seconds !== null) await say(talk, { kind: "ttl", seconds }, b);
  return talk;
}

async function say({ a, b, conversation }: Pair, body: string | Content, by = a): Promise<Entry> {
  const { number, error } = await by.result(by.sayIn(conversation, body));
  if (number == null) throw new Error(`refused: ${JSON.stringify(error)}`);
  const isThere = (one: RawDevice) => one.until(() => one.entries.find((e) => e.number === number));
  const [entry] = await Promise.all([isThere(a), isThere(b)]);
  return entry;
}

/** Until the message's time is over, by the clock of the objects. */
async function outlive({ changes }: Entry): Promise<void> {
  const left = (changes?.expiresAt ?? 0) - Date.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, left) + 5));
}

async function historyOf(device: RawDevice, conversation: string): Promise<Entry[]> {
  device.send({ t: "history", ref: "h", conversation, limit: 50 });
  return (await device.next("history")).entries;
}

async function stateOf(user: string, conversation: string): Promise<ConversationState> {
  const response = await api("/v1/conversations", user);
  const { conversations } = (await response.json()) as { conversations: ConversationState[] };
  const found = conversations.find((one) => one.conversation === conversation);
  if (found === undefined) throw new Error("no such conversation");
  return found;
}

async function found(user: string): Promise<number> {
  const response = await api(`/v1/search?q=${CANARY}`, user);
  return ((await response.json()) as SearchPage).hits.length;
}

/** Everything that an object keeps. */
async function rowsOf(user: string): Promise<string> {
  const tables = await sqlOf(user, "SELECT name FROM sqlite_master WHERE type = 'table'");
  const names = tables.map(({ name }) => String(name)).filter((name) => !name.startsWith("_cf"));
  const all = await Promise.all(names.map((name) => sqlOf(user, `SELECT * FROM ${name}`)));
  return JSON.stringify(all);
}

describe("message time-to-live", () => {
  test("the home says when a message expires; what was said before and after lives on", async () => {
    const talk = await pair(null);
    const before = await say(talk, "for ever");
    await say(talk, { kind: "ttl", seconds: 60 }, talk.b);
    expect(await stateOf(talk.a.user, talk.conversation)).toMatchObject({ ttlSeconds: 60 });
    const [own, foreign] = [await say(talk, "mine"), await say(talk, "yours", talk.b)];
    await say(talk, { kind: "ttl", seconds: null });
    const after = await say(talk, "for ever too");
    expect(own.changes).toEqual({ expiresAt: own.at + 60_000 });
    expect(foreign.changes).toEqual({ expiresAt: foreign.at + 60_000 });
    expect([before.changes, after.changes]).toEqual([undefined, undefined]);
    expect(await stateOf(talk.b.user, talk.conversation)).not.toHaveProperty("ttlSeconds");
  });

  test.each(["awake", "asleep", "crashed"] as const)(
    "R24 what is over is in no frame, page, state, search or row of an object that was %s",
    async (was) => {
      const talk = await pair();
      const first = await say(talk, `secret ${CANARY}`);
      const typo = await say(talk, "will be edited", talk.b);
      await say(talk, { kind: "edit", target: typo.number ?? 0, text: CANARY }, talk.b);
      await say(talk, { kind: "reaction", target: first.number ?? 0, emoji: "👍", on: true });
      const users = [talk.a.user, talk.b.user];
      for (const user of users) expect(await found(user)).toBe(2);
      await outlive(typo);
      if (was === "asleep") await evict(...users);
      if (was === "crashed") await crash();
      for (const user of users) expect(await found(user)).toBe(0);
      for (const user of users) {
        const device = new RawDevice(user);
        await device.connect({ cursor: 0 });
        await device.until(() => device.entries.find(({ number }) => number === 5));
        const page = await historyOf(device, talk.conversation);
        expect(page.map(({ body }) => body.kind)).toEqual([
          "reaction",
          "withheld",
          "expired",
          "expired",
          "ttl",
        ]);
        expect(device.received.join()).not.toContain(CANARY);
        expect(JSON.stringify(await stateOf(user, talk.conversation))).not.toContain(CANARY);
        expect(await rowsOf(user)).not.toContain(CANARY);
      }
    },
  );

  test("R9 what expired unread is unread no longer, also after a crash", async () => {
    const talk = await pair(null);
    await say(talk, "stays");
    await say(talk, { kind: "ttl", seconds: 1 });
    const over = await say(talk, "goes");
    expect(await stateOf(talk.b.user, talk.conversation)).toMatchObject({ unread: 2 });
    await outlive(over);
    expect(await stateOf(talk.b.user, talk.conversation)).toMatchObject({ unread: 1 });
    await crash();
    expect(await stateOf(talk.b.user, talk.conversation)).toMatchObject({ unread: 1 });
  });

  test("R13 the alarm blanks what nobody asks for, and many at once", async () => {
    const talk = await pair();
    await talk.a.settle();
    const messages = [await say(talk, CANARY), await say(talk, CANARY)];
    await fireAlarm(talk.b.user);
    const at = await alarmOf(talk.b.user);
    const [oldest, newest] = messages.map(({ changes }) => changes?.expiresAt ?? 0);
    expect(at).toBeGreaterThanOrEqual(oldest ?? 0);
    expect(at).toBeLessThanOrEqual((oldest ?? 0) + TTL_MS / 4);
    expect(await rowsOf(talk.b.user)).toContain(CANARY);
    await new Promise((resolve) => setTimeout(resolve, (newest ?? 0) - Date.now() + 5));
    await fireAlarm(talk.b.user);
    expect(await rowsOf(talk.b.user)).not.toContain(CANARY);
  });

  test("a copy that comes late gets what is over as expired", async () => {
    const talk = await pair();
    await talk.b.settle();
    breakCallsTo(talk.b.user, "before");
    const { number } = await talk.a.result(talk.a.sayIn(talk.conversation, CANARY));
    const entry = await talk.a.until(() => talk.a.entries.find((one) => one.number === number));
    await outlive(entry);
    breakCallsTo(talk.b.user, undefined);
    await freshPolicy({ handOffDelaysMs: [1] });
    await fireAlarm(talk.a.user);
    await talk.a.result(talk.a.sayIn(talk.conversation, "later"));
    await talk.b.texts(1);
    expect(talk.b.received.join()).not.toContain(CANARY);
    expect(await rowsOf(talk.b.user)).not.toContain(CANARY);
    expect((await stateOf(talk.b.user, talk.conversation)).unread).toBe(1);
  });

  test("R16 what somebody who is kept out has said expires as well, and they notice nothing", async () => {
    const talk = await pair();
    talk.a.send({ t: "block", ref: "b", user: talk.b.user, on: true });
    await talk.a.next("done");
    const { number } = await talk.b.result(talk.b.sayIn(talk.conversation, CANARY));
    const entry = await talk.b.until(() => talk.b.entries.find((one) => one.number === number));
    expect(entry.changes).toEqual({ expiresAt: entry.at + TTL_MS });
    expect(await rowsOf(talk.a.user)).toContain(CANARY);
    await outlive(entry);
    const page = await historyOf(talk.b, talk.conversation);
    expect(page[0]).toMatchObject({ number, body: { kind: "expired" } });
    await historyOf(talk.a, talk.conversation);
    for (const { user } of [talk.a, talk.b]) expect(await rowsOf(user)).not.toContain(CANARY);
    expect(talk.a.received.join()).not.toContain(CANARY);
  });

  test("notes to oneself expire too", async () => {
    const talk = await pair(null);
    const notes = directConversation(talk.a.user, talk.a.user);
    await talk.a.result(talk.a.sayIn(notes, { kind: "ttl", seconds: 1 }));
    const { number } = await talk.a.result(talk.a.sayIn(notes, CANARY));
    const entry = await talk.a.until(() =>
      talk.a.entries.find((one) => one.conversation === notes && one.number === number),
    );
    await outlive(entry);
    expect(await found(talk.a.user)).toBe(0);
    expect(await rowsOf(talk.a.user)).not.toContain(CANARY);
  });

  test("what is over can't be edited, recalled or reacted to", async () => {
    const talk = await pair();
    const entry = await say(talk, "short");
    const target = entry.number ?? 0;
    await outlive(entry);
    const changes: Content[] = [
      { kind: "edit", target, text: "longer" },
      { kind: "recall", target },
      { kind: "reaction", target, emoji: "👍", on: true },
    ];
    for (const [index, body] of changes.entries()) {
      const { conversation } = talk;
      const { error } = await talk.a.submit({ conversation, counter: 2 + index, prev: 1, body });
      expect(error).toEqual({ code: "gone" });
    }
  });

  test("R2 a message that is sent again after its time gets the same answer", async () => {
    const talk = await pair();
    const item = {
      conversation: talk.conversation,
      counter: 1,
      prev: 0,
      body: { kind: "text", text: CANARY },
    } as const;
    const first = await talk.a.submit(item);
    const entry = await talk.a.until(() => talk.a.entries.find((e) => e.number === first.number));
    await outlive(entry);
    expect(await talk.a.submit(item)).toEqual(first);
  });

  test.each([0, -1, 0.5, LIMITS.ttlSeconds + 1, "1 day"])(
    "R14 %s is no time to live",
    async (s) => {
      const talk = await pair(null);
      const body = { kind: "ttl", seconds: s } as Content;
      talk.a.send({
        t: "submit",
        items: [{ conversation: talk.conversation, counter: 1, prev: 0, body }],
      });
      expect(await talk.a.next("error")).toMatchObject({
        of: "submit",
        error: { code: "bad-field", field: "items.0.body.seconds" },
      });
    },
  );

  test("R14 so many different times at once, and no more", async () => {
    const talk = await pair(null);
    for (let seconds = 100; seconds < 100 + LIMITS.ttlsUnderWay; seconds++) {
      await say(talk, { kind: "ttl", seconds });
      await say(talk, "x");
    }
    const { error } = await talk.a.result(
      talk.a.sayIn(talk.conversation, { kind: "ttl", seconds: 1_000 }),
    );
    expect(error).toEqual({ code: "too-big" });
  });
});
