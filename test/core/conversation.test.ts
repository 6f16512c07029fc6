import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Body, isCountable } from "../../protocol/entries.ts";
import { exceeds } from "../../protocol/marks.ts";
import {
  advance,
  type ConversationState,
  deviceKey,
  newConversation,
  unread,
} from "../../worker/core/conversation.ts";
import type { LogRow, TimelineRow } from "../../worker/core/row.ts";
import { logRow, privateRow, TALK } from "./fixtures/rows.ts";

const ME = "alice";
const PEER = "bob";

/** What happens in a conversation, in the words of those who take part. */
type Happening =
  | { readonly what: "message"; readonly by: string }
  | { readonly what: "reaction"; readonly by: string; readonly at: number }
  | { readonly what: "recall"; readonly at: number }
  | { readonly what: "read"; readonly at: number }
  | { readonly what: "receipt"; readonly delivered: number; readonly read: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant("message" as const), by: who() }) },
  fc.record({ what: fc.constant("reaction" as const), by: who(), at: fc.nat(40) }),
  fc.record({ what: fc.constant("recall" as const), at: fc.nat(40) }),
  fc.record({ what: fc.constant("read" as const), at: fc.nat(40) }),
  fc.record({ what: fc.constant("receipt" as const), delivered: fc.nat(40), read: fc.nat(40) }),
);

function who(): fc.Arbitrary<string> {
  return fc.constantFrom(ME, PEER);
}

/** The naive reader: keeps every message with all that is known about it. */
class Naive {
  readonly log: { by: string; countable: boolean; recalled: boolean }[] = [];
  read = 0;
  readonly rows: TimelineRow[] = [];

  happen(one: Happening): void {
    switch (one.what) {
      case "message":
        return this.#log(one.by, { kind: "text", text: "x" });
      case "reaction":
        if (one.at < 1 || one.at > this.log.length) return;
        return this.#log(one.by, { kind: "reaction", target: one.at, emoji: "👍", on: true });
      case "recall": {
        const target = this.log[one.at - 1];
        if (target === undefined || !target.countable || target.recalled) return;
        target.recalled = true;
        return this.#log(target.by, { kind: "recall", target: one.at });
      }
      case "read": {
        const number = Math.min(one.at, this.log.length);
        if (number <= this.read) return;
        this.read = number;
        const { countable, own } = this.#counts(number);
        this.rows.push(
          this.#private({ kind: "read", number, unread: this.unread() }, { countable, own }),
        );
        return;
      }
      case "receipt": {
        const { delivered, read } = one;
        this.rows.push(this.#private({ kind: "receipt", user: PEER, delivered, read }));
      }
    }
  }

  unread(): number {
    return this.log.filter(
      (one, index) => index >= this.read && one.countable && !one.recalled && one.by !== ME,
    ).length;
  }

  #log(by: string, body: Body): void {
    this.log.push({ by, countable: isCountable(body), recalled: false });
    const number = this.log.length;
    const origin = { user: by, device: `device-of-${by}`, counter: number };
    const counts = this.#counts(number);
    this.rows.push(logRow({ body, number, origin, seq: this.rows.length + 1, ...counts }));
  }

  #counts(upTo: number) {
    const counted = this.log.slice(0, upTo).filter(({ countable }) => countable);
    return { countable: counted.length, own: counted.filter(({ by }) => by === ME).length };
  }

  #private(body: Body, fields: Partial<TimelineRow> = {}): TimelineRow {
    return privateRow(this.rows.length + 1, body, fields);
  }
}

function folded(rows: readonly TimelineRow[], state = newConversation(TALK)): ConversationState {
  for (const row of rows) advance(state, row, ME);
  return state;
}

describe("a conversation's state is a fold over its rows", () => {
  test("R9 unread is what a naive reader would count", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (story) => {
        const naive = new Naive();
        for (const one of story) naive.happen(one);
        const state = folded(naive.rows);
        expect(unread(state)).toBe(naive.unread());
        expect(state.read).toBe(naive.read);
        expect(state.head.number).toBe(naive.log.length);
      }),
      { numRuns: 500 },
    );
  });

  test("R13 folding on from a checkpoint gives the same as folding all", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), fc.nat(40), (story, cut) => {
        const naive = new Naive();
        for (const one of story) naive.happen(one);
        const saved = JSON.stringify(folded(naive.rows.slice(0, cut)));
        const resumed = folded(naive.rows.slice(cut), JSON.parse(saved) as ConversationState);
        expect(resumed).toEqual(folded(naive.rows));
      }),
    );
  });

  test("R9 marks only grow", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (story) => {
        const naive = new Naive();
        for (const one of story) naive.happen(one);
        const state = newConversation(TALK);
        let before = { read: 0, peer: state.peer };
        for (const row of naive.rows) {
          advance(state, row, ME);
          expect(state.read).toBeGreaterThanOrEqual(before.read);
          expect(exceeds(before.peer, state.peer)).toBe(false);
          before = { read: state.read, peer: state.peer };
        }
      }),
    );
  });

  test("R2 the last counter of each device is remembered", () => {
    const by = (user: string, device: string, counter: number, number: number): LogRow =>
      logRow({ number, origin: { user, device, counter }, body: { kind: "text", text: "x" } });
    const state = folded([
      by(ME, "phone001", 4, 1),
      by(PEER, "phone002", 9, 2),
      by(ME, "phone001", 7, 3),
    ]);
    const key = (user: string, device: string) => deviceKey({ user, device, counter: 0 });
    expect(state.last).toEqual({ [key(ME, "phone001")]: 7, [key(PEER, "phone002")]: 9 });
  });

  test("R9 what belongs to the user alone moves no number", () => {
    const state = folded([
      logRow({ number: 1, body: { kind: "text", text: "x" }, countable: 1, own: 1 }),
      privateRow(2, { kind: "receipt", user: PEER, delivered: 1, read: 0 }, { keptAt: 77 }),
    ]);
    expect(state).toMatchObject({
      head: { seq: 1, number: 1 },
      touched: { seq: 2 },
      foreign: { seq: 0, number: 0 },
      peer: { delivered: 1, read: 0 },
      peerAt: 77,
    });
  });
});
