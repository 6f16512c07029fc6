import { describe, expect, test } from "vitest";
import { type ConversationState, newConversation } from "../../worker/core/conversation.ts";
import { judge } from "../../worker/core/judge.ts";
import type { TimelineRow } from "../../worker/core/row.ts";
import { logRow, TALK } from "./fixtures/rows.ts";

const DEVICE = { user: "alice", device: "device01" };

/** Counters 2 and 5 were accepted, with the hashes 20 and 50; 3 and 4 were passed over. */
const ROWS: readonly TimelineRow[] = [2, 5].map((counter, index) =>
  logRow({
    number: index + 1,
    at: 100 * counter,
    hash: 10 * counter,
    origin: { ...DEVICE, counter },
    body: { kind: "text", text: "x" },
  }),
);

function stateAfter(counter: number): ConversationState {
  return { ...newConversation(TALK), last: counter === 0 ? {} : { "alice:device01": counter } };
}

function verdict(last: number, counter: number, prev: number, hash = 10 * counter) {
  const claim = { origin: { ...DEVICE, counter }, prev, hash };
  return judge(stateAfter(last), claim, (wanted) =>
    ROWS.find(({ origin }) => origin?.counter === wanted.counter),
  );
}

describe("R2 the judge", () => {
  test.each([
    { last: 0, counter: 1, prev: 0, is: { kind: "new" } },
    { last: 0, counter: 9, prev: 0, is: { kind: "new" } },
    { last: 5, counter: 6, prev: 5, is: { kind: "new" } },
    { last: 5, counter: 9, prev: 5, is: { kind: "new" } },
    { last: 0, counter: 2, prev: 1, is: { kind: "gap", have: 0 } },
    { last: 5, counter: 7, prev: 6, is: { kind: "gap", have: 5 } },
    { last: 5, counter: 7, prev: 2, is: { kind: "gap", have: 5 } },
    { last: 5, counter: 7, prev: 0, is: { kind: "gap", have: 5 } },
    { last: 5, counter: 5, prev: 2, is: { kind: "repeat", number: 2, at: 500 } },
    { last: 5, counter: 2, prev: 0, is: { kind: "repeat", number: 1, at: 200 } },
    // What was accepted is answered as before, whatever the repeat says came before it.
    { last: 5, counter: 5, prev: 4, is: { kind: "repeat", number: 2, at: 500 } },
    { last: 5, counter: 3, prev: 2, is: { kind: "gone" } },
    { last: 5, counter: 1, prev: 0, is: { kind: "gone" } },
  ])("R2 last $last, counter $counter, prev $prev: $is.kind", ({ last, counter, prev, is }) => {
    expect(verdict(last, counter, prev)).toEqual(is);
  });

  test("R2 another payload under an accepted counter is a conflict", () => {
    expect(verdict(5, 5, 2, 51)).toEqual({ kind: "conflict" });
  });

  test("R2 what its author's object refuses is refused where it is new, in order or not", () => {
    const ask = (counter: number, prev: number) => {
      const claim = { origin: { ...DEVICE, counter }, prev, hash: 10 * counter };
      const refusal = "not-allowed" as const;
      return judge(stateAfter(5), { ...claim, refusal }, (wanted) =>
        ROWS.find(({ origin }) => origin?.counter === wanted.counter),
      );
    };
    expect(ask(6, 5)).toEqual({ kind: "refused", code: "not-allowed" });
    expect(ask(8, 7)).toEqual({ kind: "refused", code: "not-allowed" });
    expect(ask(5, 2)).toEqual({ kind: "repeat", number: 2, at: 500 });
    expect(ask(3, 2)).toEqual({ kind: "gone" });
  });

  test("R2 another device's counters are its own", () => {
    const claim = { origin: { user: "alice", device: "device02", counter: 5 }, prev: 0, hash: 1 };
    expect(judge(stateAfter(5), claim, () => undefined)).toEqual({ kind: "new" });
  });
});
