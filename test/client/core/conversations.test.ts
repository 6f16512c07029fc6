import { describe, expect, test } from "vitest";
import {
  emptyRow,
  entryKey,
  type Fold,
  fold,
  fromState,
  peerHas,
  targets,
} from "../../../client/core/conversations.ts";
import { decodeIncoming } from "../../../client/core/decode.ts";
import * as extras from "../../../client/core/extras.ts";
import { markRead } from "../../../client/core/reading.ts";
import { watchLeader } from "../../../client/core/tabs.ts";
import { countUnread } from "../../../client/core/unread.ts";
import { stateOfEntry } from "../../../client/engine/messages.ts";
import type { ConversationRow, StoredEntry } from "../../../client/store.ts";
import type { Body, Entry } from "../../../protocol/entries.ts";
import type { Membership } from "../../../protocol/groups.ts";

const TALK = "direct:alice,bob";

let seq = 0;
function entry(number: number | undefined, body: Body, id = `bob:deviceofbob:${number}`): Entry {
  seq += 1;
  const place = number === undefined ? {} : { number, id };
  return { seq, conversation: TALK, at: 1_000 + seq, body, ...place };
}

const text = (number: number, id?: string) =>
  entry(number, { kind: "text", text: `n${number}` }, id);
const mine = (number: number, counter: number) => text(number, `alice:device01:${counter}`);

/** Folds in one go or piece by piece: the result must be the same. */
class Table {
  readonly rows = new Map<string, ConversationRow>();
  readonly entries = new Map<string, StoredEntry>();
  last: Fold | undefined;

  take(...entries: Entry[]): this {
    const folded = fold(entries, {
      user: "alice",
      device: "device01",
      row: (conversation) => this.rows.get(conversation),
      entry: (conversation, number) => this.entries.get(entryKey(conversation, number)),
      extras,
      keyOf: (counter) => (counter === 7 ? "key7" : undefined),
    });
    for (const [key, row] of folded.rows) this.rows.set(key, row);
    for (const [key, stored] of folded.entries) this.entries.set(key, stored);
    this.last = folded;
    return this;
  }

  get row() {
    return this.rows.get(TALK) ?? emptyRow(TALK);
  }

  body(number: number) {
    return this.entries.get(entryKey(TALK, number))?.entry.body;
  }

  changes(number: number) {
    return this.entries.get(entryKey(TALK, number))?.entry.changes;
  }
}

describe("R9: marks and unread", () => {
  test("others' messages count, one's own and what only says something do not", () => {
    const table = new Table().take(
      text(1),
      mine(2, 1),
      text(3),
      entry(4, { kind: "reaction", target: 1, emoji: "👍", on: true }),
    );
    expect(table.row).toMatchObject({ unread: 2, head: 4, last: 3, ownCounter: 1 });
  });

  test("reading to the end clears, a recall of what is unread takes one away", () => {
    const table = new Table().take(text(1), text(2));
    table.take(entry(3, { kind: "recall", target: 2 }));
    expect(table.row.unread).toBe(1);
    table.take(entry(undefined, { kind: "read", number: 3, unread: 0 }));
    expect(table.row).toMatchObject({ unread: 0, read: 3, readTold: 3 });
    table.take(entry(undefined, { kind: "read", number: 1, unread: 2 }));
    expect(table.row.read).toBe(3);
  });

  test("reading half of it leaves the rest, where the rest is known", () => {
    const table = new Table().take(text(1), text(2), mine(3, 1), text(4));
    const half = markRead(table.row, 1);
    const beyond = [2, 3, 4].flatMap((number) => table.entries.get(entryKey(TALK, number)) ?? []);
    expect(countUnread(half, beyond, "alice")).toBe(2);
    expect(countUnread(half, beyond.slice(1), "alice")).toBe(half.unread);
  });

  test("a mark from another device brings the count of what may not be here", () => {
    const table = new Table().take(text(7), text(8));
    table.take(entry(undefined, { kind: "read", number: 3, unread: 5 }));
    expect(table.row).toMatchObject({ unread: 5, read: 3, readTold: 3 });
    // Told once more by a feed that began before: what came since is counted already.
    table.take(text(9), entry(undefined, { kind: "read", number: 3, unread: 5 }));
    expect(table.row.unread).toBe(6);
  });

  test("what arrives recalled counts until its recall has come, as in the server's count", () => {
    const table = new Table().take(entry(1, { kind: "recalled", by: "bob" }));
    expect(table.row.unread).toBe(1);
    table.take(entry(2, { kind: "recall", target: 1 }));
    expect(table.row.unread).toBe(0);
    const held = [...table.entries.values()];
    expect(countUnread(table.row, held, "alice")).toBe(0);
    expect(countUnread({ ...table.row, head: 1 }, held.slice(0, 1), "alice")).toBe(1);
  });

  test("the other side's marks only grow, whatever order their news comes in", () => {
    const marks = (delivered: number, read: number) => ({ delivered, read });
    const row = peerHas(peerHas(emptyRow(TALK), marks(5, 3)), marks(4, 2));
    expect(row).toMatchObject({ peerRouted: 5, peerDelivered: 5, peerRead: 3 });
    expect(peerHas(row, marks(5, 3))).toBe(row);
    expect(peerHas(emptyRow(TALK), marks(0, 9)).peerDelivered).toBe(9);
  });

  test("R9 a receipt is written, also where a hint has shown the same before", () => {
    const table = new Table().take(mine(1, 1));
    // Of the hint memory alone knows.
    table.rows.set(TALK, peerHas(table.row, { delivered: 1, read: 1 }));
    table.take(entry(undefined, { kind: "receipt", user: "bob", delivered: 1, read: 1 }));
    expect(table.last?.rows.get(TALK)).toMatchObject({ peerDelivered: 1, peerRead: 1 });
  });

  test("R17 what no device of the other side has is routed, until one has it", () => {
    const hole = { delivered: 5, read: 5, except: [[2, 3] as const] };
    const row = peerHas(emptyRow(TALK), hole);
    const states = (now: ConversationRow) =>
      [1, 2, 3, 4].map((number) =>
        stateOfEntry({ entry: { ...mine(number, number), number } }, now, true),
      );
    expect(states(row)).toEqual(["read", "routed", "routed", "read"]);
    const filled = peerHas(row, { ...hole, except: [[3, 3] as const] });
    expect(states(filled)).toEqual(["read", "read", "routed", "read"]);
    expect(peerHas(filled, hole)).toBe(filled);
  });
});

describe("R8: edits, recalls and reactions", () => {
  test("the newest edit counts, a repeated or older one changes nothing", () => {
    const first = entry(2, { kind: "edit", target: 1, text: "two" });
    const second = entry(3, { kind: "edit", target: 1, text: "three" });
    const table = new Table().take(text(1)).take(second).take(first).take(second);
    expect(table.body(1)).toEqual({ kind: "text", text: "three" });
    expect(table.changes(1)).toEqual({ edited: 3 });
  });

  test("R11: a recall blanks the message and every edit of it, and stays", () => {
    const second: Entry = {
      ...entry(3, { kind: "edit", target: 1, text: "b" }),
      changes: { edited: 2 },
    };
    const table = new Table()
      .take(text(1), entry(2, { kind: "edit", target: 1, text: "a" }))
      .take(second)
      .take(entry(4, { kind: "recall", target: 1 }));
    expect(table.body(1)).toEqual({ kind: "recalled", by: "bob" });
    expect(table.body(2)).toEqual({ kind: "withheld" });
    expect(table.body(3)).toEqual({ kind: "withheld" });
    table.take(entry(5, { kind: "edit", target: 1, text: "back" }));
    expect(table.body(1)).toEqual({ kind: "recalled", by: "bob" });
  });

  test("R11: a recall blanks the edits of a message that is a placeholder here", () => {
    const table = new Table()
      .take(entry(1, { kind: "placeholder", reason: "refused" }))
      .take(entry(2, { kind: "edit", target: 1, text: "better" }))
      .take(entry(3, { kind: "recall", target: 1 }));
    expect(table.body(2)).toEqual({ kind: "withheld" });
  });

  test("R11: a recall blanks the edits of a message that a page of history brought as recalled", () => {
    const table = new Table()
      .take(entry(2, { kind: "edit", target: 1, text: "better" }))
      .take(entry(1, { kind: "recalled", by: "bob" }))
      .take(entry(3, { kind: "recall", target: 1 }));
    expect(table.body(2)).toEqual({ kind: "withheld" });
  });

  test("R11: a recall blanks the edits of a message that lies before what is kept", () => {
    const table = new Table()
      .take(entry(8, { kind: "edit", target: 1, text: "a" }))
      .take(entry(9, { kind: "recall", target: 1 }));
    expect(table.body(8)).toEqual({ kind: "withheld" });
  });

  test("R11: a recall blanks also the edits before one that came as a stub, or not at all", () => {
    const message: Entry = { ...text(1), changes: { edited: 4 } };
    const first = entry(2, { kind: "edit", target: 1, text: "a" });
    const other = entry(3, { kind: "edit", target: 7, text: "of another one" });
    const recall = entry(5, { kind: "recall", target: 1 });
    for (const late of [[entry(4, { kind: "withheld" })], []]) {
      const table = new Table().take(message, first, other).take(...late, recall);
      expect(table.body(1)).toEqual({ kind: "recalled", by: "bob" });
      expect(table.body(2)).toEqual({ kind: "withheld" });
      expect(table.body(3)).toEqual(other.body);
    }
  });

  test("reactions are a set of users per emoji", () => {
    const react = (number: number, user: string, on: boolean) =>
      entry(
        number,
        { kind: "reaction", target: 1, emoji: "👍", on },
        `${user}:deviceofwho:${number}`,
      );
    const table = new Table().take(text(1), react(2, "bob", true), react(3, "alice", true));
    table.take(react(4, "bob", true));
    expect(table.changes(1)).toEqual({ reactions: { "👍": ["alice", "bob"] } });
    table.take(react(5, "bob", false), react(6, "alice", false));
    expect(table.changes(1)).toBe(undefined);
  });

  test("asks the store for exactly what is spoken about", () => {
    const edit = entry(9, { kind: "edit", target: 4, text: "x" });
    expect(targets([text(8), edit])).toEqual([[TALK, 4, 9]]);
  });
});

test("one's own message comes back under its local key and frees its outbox row", () => {
  const table = new Table().take(mine(1, 7), text(2, "alice:otherdevice:3"));
  expect(table.entries.get(entryKey(TALK, 1))?.key).toBe("key7");
  expect(table.last?.returned).toEqual([7]);
  expect(table.last?.arrived).toHaveLength(2);
});

test("R7: after a reset the server's word counts, and marks still only grow", () => {
  const before = { ...emptyRow(TALK), head: 50, read: 40, peerRead: 30, peerDelivered: 30 };
  const state = { conversation: TALK, head: 90, headSeq: 9, at: 5, unread: 7, read: 33 };
  const after = fromState(
    before,
    { ...state, peer: { delivered: 60, read: 20 } },
    "device01",
    extras,
  );
  expect(after).toMatchObject({ head: 90, unread: 7, read: 40, readTold: 33, last: 0 });
  expect(after).toMatchObject({ peerDelivered: 60, peerRead: 30 });
});

test("R9 a place in a group that the state tells of has read nothing", () => {
  const membership = {
    ...{ kind: "membership", version: 7, state: "member", role: "owner", from: 1, mode: "copy" },
    ...{ title: "Crew", writers: "all", inviters: "admins", history: "join" },
  } as Membership;
  const conversation = "group:AAAAAAAAAAAAAAAAAAAAAA";
  const marks = { unread: 2, read: 0, peer: { delivered: 0, read: 0 } };
  const state = { conversation, head: 7, headSeq: 9, at: 5, ...marks, membership };
  const row = fromState(undefined, state, "device01", extras);
  expect(row).toMatchObject({ unread: 2, read: 0, readTold: 0, start: 1, membership });
});

describe("decoding", () => {
  const good = { t: "accepted", results: [{ conversation: TALK, counter: 1, number: null }] };
  test("lets well-formed frames through, unknown fields and unknown bodies included", () => {
    expect(decodeIncoming(JSON.stringify({ ...good, later: 1 }))).toMatchObject(good);
    expect(decodeIncoming('{"t":"pong","head":4}')).toEqual({ t: "pong", head: 4 });
    expect(decodeIncoming('{"t":"pong"}')).toEqual({ t: "pong", head: undefined });
  });

  test.each([
    "",
    "[]",
    "null",
    '{"t":"later"}',
    '{"t":"constructor"}',
    '{"t":"accepted"}',
    '{"t":"accepted","results":[{"conversation":1,"counter":1}]}',
    '{"t":"marks","conversation":"c","user":"u","delivered":-1,"read":0}',
    '{"t":"entries","route":"live","from":1,"to":1,"count":1,"caughtUp":true,"entries":[{"seq":1,"conversation":"c","at":1,"body":{"kind":"text"}}]}',
  ])("drops %s", (bad) => {
    expect(decodeIncoming(bad)).toBe(undefined);
  });
});

describe("leading among tabs", () => {
  const watch = { leads: false, visible: true, heardAt: 0 };
  test("a visible tab takes over from a silent leader within 3 s, a hidden one does not", () => {
    expect(watchLeader(watch, 1_000, false)).toEqual({ kind: "wait", delayMs: 1_500 });
    expect(watchLeader(watch, 2_500, false)).toEqual({ kind: "take-over" });
    expect(watchLeader({ ...watch, visible: false }, 9_000, false).kind).toBe("wait");
    expect(watchLeader(watch, 9_000, true).kind).toBe("wait");
    expect(watchLeader({ ...watch, leads: true }, 9_000, false)).toEqual({ kind: "beat" });
  });
});
