/**
 * What is unread, mentioned and begun, on every device after any sequence of operations: the rows
 * of a real timeline, fed to devices that fold them in runs of any length, or start from the state.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyRow, entryKey, fold, fromState, markRead } from "../../client/core/conversations.ts";
import { draftOf } from "../../client/core/personal.ts";
import type { ConversationRow, StoredEntry } from "../../client/store.ts";
import { arranged } from "../../protocol/arrange.ts";
import type { Body, Content } from "../../protocol/entries.ts";
import { unread, unreadBeyond } from "../../worker/core/conversation.ts";
import { arrangementOf, personalState } from "../../worker/core/personal.ts";
import { toEntry } from "../../worker/core/row.ts";
import { Timeline } from "../../worker/timeline.ts";
import { UserStore } from "../../worker/user-store.ts";
import { NodeSql } from "../support/node-sql.ts";

const TALK = "direct:alice,bob";
const ME = "alice";

type Step =
  | { readonly do: "say"; readonly own: boolean; readonly mentions: boolean }
  | { readonly do: "recall" | "react" | "edit"; readonly at: number }
  /** On one of the devices, which shows it at once. */
  | { readonly do: "read"; readonly device: number; readonly at: number }
  | { readonly do: "mark"; readonly on: boolean }
  | { readonly do: "draft"; readonly text: string }
  | { readonly do: "feed"; readonly device: number; readonly entries: number }
  | { readonly do: "reset"; readonly device: number }
  /** The object wakes up from its last checkpoint, with everything below it trimmed. */
  | { readonly do: "wake" };

const device = fc.nat(2);
const at = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      own: fc.boolean(),
      mentions: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("recall", "react", "edit"), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), device, at }) },
  fc.record({ do: fc.constant("mark" as const), on: fc.boolean() }),
  fc.record({ do: fc.constant("draft" as const), text: fc.constantFrom("", "a", "b") }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant("feed" as const), device, entries: at }) },
  fc.record({ do: fc.constant("reset" as const), device }),
  fc.record({ do: fc.constant("wake" as const) }),
);

/** One device: what it has folded, and up to where. */
class Device {
  readonly #entries = new Map<string, StoredEntry>();
  row: ConversationRow = emptyRow(TALK);
  cursor = 0;

  take(timeline: Timeline, count: number): void {
    const rows = timeline.rows(this.cursor + 1, Math.min(count, timeline.head - this.cursor));
    const folded = fold(rows.map(toEntry), {
      user: ME,
      device: "device01",
      row: () => this.row,
      entry: (conversation, number) => this.#entries.get(entryKey(conversation, number)),
      keyOf: () => undefined,
    });
    for (const [key, stored] of folded.entries) this.#entries.set(key, stored);
    this.row = folded.rows.get(TALK) ?? this.row;
    this.cursor += rows.length;
  }

  reset(timeline: Timeline): void {
    const state = timeline.conversation(TALK);
    const { number: head } = state.head;
    const told = { conversation: TALK, head, headSeq: 0, at: 0, unread: unread(state) };
    const wire = { ...told, read: state.read, peer: state.peer, ...personalState(state) };
    this.row = fromState(this.row, wire, "device01");
    this.cursor = timeline.head;
    this.#entries.clear();
  }
}

/** Alice's object and her devices; and what anybody would count by hand. */
class World {
  readonly #sql = new NodeSql();
  readonly #store = new UserStore(this.#sql);
  timeline = new Timeline(this.#store, ME);
  readonly devices = [new Device(), new Device(), new Device()];
  readonly #log: { own: boolean; shown: boolean; mentions: boolean }[] = [];
  #read = 0;
  #now = 0;

  do(one: Step): void {
    this.#now += 1;
    switch (one.do) {
      case "say": {
        const mentions = one.mentions ? { mentions: [ME] } : {};
        this.#log.push({ ...one, shown: true });
        return this.#append(one.own, { kind: "text", text: "x", ...mentions });
      }
      case "recall":
      case "react":
      case "edit":
        return this.#amend(one.do, one.at);
      case "read":
        return this.#readOn(this.devices[one.device], one.at);
      case "mark": {
        const is = arrangementOf(this.timeline.conversation(TALK));
        return this.#keep({ kind: "arrangement", ...arranged(is, { markedUnread: one.on }) });
      }
      case "draft": {
        const { version = 0 } = this.timeline.conversation(TALK).draft ?? {};
        const { text } = one;
        return this.#keep({ kind: "draft", version: version + 1, device: "device02", text });
      }
      case "feed":
        return this.devices[one.device]?.take(this.timeline, one.entries);
      case "reset":
        return this.devices[one.device]?.reset(this.timeline);
      case "wake":
        return this.#wake();
    }
  }

  get expected() {
    const beyond = this.#log.flatMap((one, index) =>
      index + 1 > this.#read && one.shown && !one.own ? [{ ...one, number: index + 1 }] : [],
    );
    return {
      unread: beyond.length,
      read: this.#read,
      mentions: beyond.flatMap(({ mentions, number }) => (mentions ? [number] : [])),
    };
  }

  #append(own: boolean, body: Content): void {
    const number = this.timeline.conversation(TALK).head.number + 1;
    const user = own ? ME : "bob";
    const origin = { user, device: "device09", counter: number };
    const entry = { number, origin, at: this.#now, priority: "normal" as const, hash: 0, body };
    this.timeline.appendLog(TALK, entry, this.#now);
  }

  #amend(what: "recall" | "react" | "edit", target: number): void {
    const message = this.#log[target - 1];
    if (!message?.shown) return;
    this.#log.push({ own: message.own, shown: false, mentions: false });
    if (what === "recall") {
      message.shown = false;
      return this.#append(message.own, { kind: "recall", target });
    }
    if (what === "edit") return this.#append(message.own, { kind: "edit", target, text: "y" });
    this.#append(message.own, { kind: "reaction", target, emoji: "👍", on: true });
  }

  /** As far as this device knows; it shows it at once and the object hears of it. */
  #readOn(one: Device | undefined, number: number): void {
    if (one === undefined) return;
    const upTo = Math.min(number, one.row.head);
    one.row = markRead(one.row, upTo);
    const state = this.timeline.conversation(TALK);
    if (upTo <= state.read) return;
    this.#read = upTo;
    const beyond = unreadBeyond(state, upTo, this.timeline.find(TALK, upTo));
    this.#keep({ kind: "read", number: upTo, unread: beyond });
  }

  #keep(body: Body): void {
    this.timeline.appendPrivate(TALK, body, this.#now);
  }

  #wake(): void {
    const floor = Math.min(...this.devices.map(({ cursor }) => cursor));
    this.timeline.checkpoint({ have: () => 0, owed: [], floor, delivered: 0 });
    this.timeline = new Timeline(this.#store, ME);
  }
}

test("R9 unread, mentions and marks are right on every device after any sequence of operations", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const world = new World();
      for (const one of steps) world.do(one);
      const state = world.timeline.conversation(TALK);
      const { expected } = world;
      expect({ unread: unread(state), read: state.read }).toEqual({
        unread: expected.unread,
        read: expected.read,
      });
      expect(state.mentions ?? []).toEqual(expected.mentions);
      for (const one of world.devices) {
        one.take(world.timeline, world.timeline.head);
        const { row } = one;
        expect({ unread: row.unread, read: row.read, mentions: row.mentions ?? [] }).toEqual(
          expected,
        );
        expect(row.arrangement ?? null).toEqual(state.arrangement ?? null);
        expect(draftOf(row)?.text ?? "").toBe(state.draft?.text ?? "");
      }
    }),
    { numRuns: 400 },
  );
});
