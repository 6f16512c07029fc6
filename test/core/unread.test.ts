/**
 * What is unread, mentioned and begun, on every device after any sequence of operations: the rows
 * of a real timeline, fed to devices that fold them in runs of any length, or start from the state.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyRow, entryKey, fold, fromState } from "../../client/core/conversations.ts";
import * as extras from "../../client/core/extras.ts";
import { draftOf } from "../../client/core/personal.ts";
import { markRead } from "../../client/core/reading.ts";
import type { ConversationRow, StoredEntry } from "../../client/store.ts";
import { arranged } from "../../protocol/arrange.ts";
import type { Body } from "../../protocol/entries.ts";
import type { Membership } from "../../protocol/groups.ts";
import { unread, unreadBeyond } from "../../worker/core/conversation.ts";
import { arrangementOf, personalState } from "../../worker/core/personal.ts";
import { toEntry } from "../../worker/core/row.ts";
import { Timeline } from "../../worker/timeline.ts";
import { UserStore } from "../../worker/user-store.ts";
import { NodeSql } from "../support/node-sql.ts";

const DIRECT = "direct:alice,bob";
const GROUP = `group:${"A".repeat(22)}`;
const ME = "alice";

type Step =
  | { readonly do: "say"; readonly own: boolean; readonly mentions: boolean }
  | { readonly do: "recall" | "react" | "edit" | "moderate"; readonly at: number }
  /** Of a group: alice goes, and comes back after others have said as much without her. */
  | { readonly do: "go" }
  | { readonly do: "come"; readonly missed: number }
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
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("recall", "react", "edit", "moderate"), at }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), device, at }) },
  fc.record({ do: fc.constant("mark" as const), on: fc.boolean() }),
  fc.record({ do: fc.constant("draft" as const), text: fc.constantFrom("", "a", "b") }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant("feed" as const), device, entries: at }) },
  fc.record({ do: fc.constant("reset" as const), device }),
  fc.record({ do: fc.constant("go" as const) }),
  fc.record({ do: fc.constant("come" as const), missed: fc.nat(5) }),
  fc.record({ do: fc.constant("wake" as const) }),
);

/** One device: what it has folded, and up to where. */
class Device {
  readonly #entries = new Map<string, StoredEntry>();
  row: ConversationRow;
  cursor = 0;
  readonly #conversation: string;

  constructor(conversation: string) {
    this.#conversation = conversation;
    this.row = emptyRow(conversation);
  }

  take(timeline: Timeline, count: number): void {
    const rows = timeline.rows(this.cursor + 1, Math.min(count, timeline.head - this.cursor));
    const folded = fold(rows.map(toEntry), {
      user: ME,
      device: "device01",
      row: () => this.row,
      entry: (conversation, number) => this.#entries.get(entryKey(conversation, number)),
      extras,
      keyOf: () => undefined,
    });
    for (const [key, stored] of folded.entries) this.#entries.set(key, stored);
    this.row = folded.rows.get(this.#conversation) ?? this.row;
    this.cursor += rows.length;
  }

  reset(timeline: Timeline): void {
    const state = timeline.conversation(this.#conversation);
    const { conversation, membership } = state;
    const { number: head } = state.head;
    const at = state.shownAt ?? 0;
    const told = { conversation, head, headSeq: 0, at, unread: unread(state) };
    const place = membership === undefined ? {} : { membership };
    const kept = { ...personalState(state), ...place };
    const wire = { ...told, read: state.read, peer: state.peer, ...kept };
    this.row = fromState(this.row, wire, "device01", extras);
    this.cursor = timeline.head;
    this.#entries.clear();
  }
}

interface Said {
  readonly own: boolean;
  shown: boolean;
  readonly mentions: boolean;
}

/** Alice's object and her devices; and what anybody would count by hand. */
class World {
  readonly conversation: string;
  readonly #sql = new NodeSql();
  readonly #store = new UserStore(this.#sql);
  timeline = new Timeline(this.#store, ME);
  readonly devices: readonly Device[];
  readonly #log = new Map<number, Said>();
  #isMember = true;
  #read = 0;
  #now = 0;

  constructor(conversation: string) {
    this.conversation = conversation;
    this.devices = [1, 2, 3].map(() => new Device(conversation));
    if (this.#isGroup) this.#keep(place(1, "member"));
  }

  do(one: Step): void {
    this.#now += 1;
    switch (one.do) {
      case "say": {
        const mentions = one.mentions ? { mentions: [ME] } : {};
        const body = { kind: "text", text: "x", ...mentions } as const;
        return this.#append({ own: one.own, shown: true, mentions: one.mentions }, body);
      }
      case "recall":
      case "react":
      case "edit":
      case "moderate":
        return this.#amend(one.do, one.at);
      case "go":
        return this.#go();
      case "come":
        return this.#come(one.missed);
      case "read":
        return this.#readOn(this.devices[one.device], one.at);
      case "mark": {
        const is = arrangementOf(this.#state);
        return this.#keep({ kind: "arrangement", ...arranged(is, { markedUnread: one.on }) });
      }
      case "draft": {
        const { version = 0 } = this.#state.draft ?? {};
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
    const beyond = [...this.#log].filter(
      ([number, { shown, own }]) => number > this.#read && shown && !own,
    );
    return {
      unread: beyond.length,
      read: this.#read,
      mentions: beyond.flatMap(([number, { mentions }]) => (mentions ? [number] : [])),
    };
  }

  get #isGroup(): boolean {
    return this.conversation === GROUP;
  }

  get #state() {
    return this.timeline.conversation(this.conversation);
  }

  #append(said: Said, body: Body, number = this.#state.head.number + 1): void {
    if (!this.#isMember) return;
    this.#log.set(number, said);
    const user = said.own ? ME : "bob";
    const origin = { user, device: "device09", counter: number };
    const entry = { number, origin, at: this.#now, priority: "normal" as const, hash: 0, body };
    this.timeline.appendLog(this.conversation, entry, this.#now);
  }

  #amend(what: "recall" | "react" | "edit" | "moderate", target: number): void {
    const message = this.#log.get(target);
    const isBefore = target < (this.#state.membership?.from ?? 1);
    if (!message?.shown || !this.#isMember || isBefore) return;
    const about = (own: boolean): Said => ({ own, shown: false, mentions: false });
    if (what === "edit") return this.#append(about(message.own), { kind: what, target, text: "y" });
    if (what === "react") {
      return this.#append(about(message.own), { kind: "reaction", target, emoji: "👍", on: true });
    }
    if (what === "recall") {
      message.shown = false;
      return this.#append(about(message.own), { kind: "recall", target });
    }
    if (!this.#isGroup) return;
    message.shown = false;
    const author = message.own ? ME : "bob";
    this.#append(about(!message.own), { kind: "recall", target, author });
  }

  #go(): void {
    if (!this.#isGroup || !this.#isMember) return;
    const { number } = this.#state.head;
    this.#keep(place(number + 1, "removed"));
    this.#isMember = false;
    this.#read = Math.max(this.#read, number);
  }

  #come(missed: number): void {
    if (this.#isMember) return;
    const number = this.#state.head.number + 2 + missed;
    this.#keep(place(number, "member"));
    this.#isMember = true;
    this.#read = Math.max(this.#read, number - 1);
    const said = { own: false, shown: false, mentions: false };
    this.#append(said, { kind: "members-add", users: [ME] }, number);
  }

  /** As far as this device knows; it shows it at once and the object hears of it. */
  #readOn(one: Device | undefined, number: number): void {
    if (one === undefined || !this.#isMember) return;
    const upTo = Math.min(number, one.row.head);
    one.row = markRead(one.row, upTo);
    const state = this.#state;
    if (upTo <= state.read) return;
    this.#read = upTo;
    const beyond = unreadBeyond(state, upTo, this.timeline.find(this.conversation, upTo));
    this.#keep({ kind: "read", number: upTo, unread: beyond });
  }

  #keep(body: Body): void {
    this.timeline.appendPrivate(this.conversation, body, this.#now);
  }

  #wake(): void {
    const floor = Math.min(...this.devices.map(({ cursor }) => cursor));
    this.timeline.checkpoint({ have: () => 0, owed: [], floor, delivered: 0 });
    this.timeline = new Timeline(this.#store, ME);
  }
}

function place(version: number, state: "member" | "removed"): Membership {
  return {
    ...{ kind: "membership", version, from: version, state, role: "member", title: "Trip" },
    ...{ writers: "all", inviters: "admins", history: "join", mode: "copy" },
  };
}

test.each([DIRECT, GROUP])(
  "R9 unread, mentions and marks are right on every device after any sequence of operations: %s",
  (conversation) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const world = new World(conversation);
        for (const one of steps) world.do(one);
        const state = world.timeline.conversation(conversation);
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
          expect(row.at).toBe(state.shownAt ?? 0);
          expect(row.arrangement ?? null).toEqual(state.arrangement ?? null);
          expect(draftOf(row)?.text ?? "").toBe(state.draft?.text ?? "");
        }
      }),
      { numRuns: 400 },
    );
  },
);
