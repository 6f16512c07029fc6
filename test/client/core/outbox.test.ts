import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  expiryOf,
  isDefinite,
  judgeAnswer,
  type Lane,
  planSubmit,
} from "../../../client/core/outbox.ts";
import type { OutboxRow, OutboxStatus } from "../../../client/store.ts";
import { LIMITS, utf8Bytes } from "../../../protocol/limits.ts";

const A = "direct:alice,bob";
const B = "direct:alice,carol";

function row(counter: number, part: Partial<OutboxRow> = {}): OutboxRow {
  return {
    key: `k${counter}`,
    counter,
    conversation: A,
    content: { kind: "text", text: `m${counter}` },
    priority: "normal",
    createdAt: 0,
    status: { kind: "waiting" },
    ...part,
  };
}

function plan(rows: readonly OutboxRow[], part: Partial<Parameters<typeof planSubmit>[1]> = {}) {
  return planSubmit(rows, {
    lanes: new Map(),
    now: 1_000,
    wallNow: 1_000,
    askAfterMs: Number.POSITIVE_INFINITY,
    approved: new Set(),
    maxItems: LIMITS.submitItems,
    ...part,
  });
}

function chain(rows: readonly OutboxRow[], part: Parameters<typeof plan>[1] = {}) {
  return plan(rows, part).items.map(({ counter, prev }) => [prev, counter]);
}

const lane = (base: number, pausedUntil = 0): Lane => ({ base, pausedUntil });
const failed: OutboxStatus = { kind: "failed", failure: { code: "too-big", retryable: false } };

describe("what is sent next", () => {
  test("R2: each message names the one before it in its conversation", () => {
    const rows = [row(1), row(2, { conversation: B }), row(3), row(5), row(6, { conversation: B })];
    expect(chain(rows)).toEqual([
      [0, 1],
      [0, 2],
      [1, 3],
      [3, 5],
      [2, 6],
    ]);
    expect(chain([row(7), row(9)], { lanes: new Map([[A, lane(4)]]) })).toEqual([
      [4, 7],
      [7, 9],
    ]);
  });

  test("R4: a refused message holds back its own conversation, and no other", () => {
    const rows = [row(1), row(2, { status: failed }), row(3), row(4, { conversation: B })];
    expect(chain(rows)).toEqual([
      [0, 1],
      [0, 4],
    ]);
  });

  test("R4: urgent goes first and bulk yields, a whole conversation at a time", () => {
    const C = "direct:alice,dave";
    const rows = [
      row(1, { priority: "bulk" }),
      row(2, { conversation: B }),
      row(3, { priority: "bulk" }),
      row(4, { conversation: C }),
      row(5, { conversation: C, priority: "urgent" }),
    ];
    expect(chain(rows, { maxItems: 4 })).toEqual([
      [0, 4],
      [4, 5],
      [0, 2],
      [0, 1],
    ]);
  });

  test("a paused conversation waits for its time", () => {
    const lanes = new Map([[A, lane(0, 1_500)]]);
    const { items, nextAt } = plan([row(1), row(2), row(3, { conversation: B })], { lanes });
    expect(items.map(({ counter }) => counter)).toEqual([3]);
    expect(nextAt).toBe(1_500);
    expect(chain([row(1)], { lanes, now: 1_500 })).toEqual([[0, 1]]);
  });

  test("what is old waits for the user's word, and holds what came after", () => {
    const rows = [row(1), row(2, { createdAt: 900 })];
    expect(chain(rows, { askAfterMs: 500 })).toEqual([]);
    expect(chain(rows, { askAfterMs: 500, approved: new Set(["k1"]) })).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test("accepted rows are not sent again", () => {
    const accepted: OutboxStatus = { kind: "accepted", number: null, at: 1 };
    const lanes = new Map([[A, lane(1)]]);
    expect(chain([row(1, { status: accepted }), row(2)], { lanes })).toEqual([[1, 2]]);
  });

  test("a frame stays within its limits, and never starves", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 8_192 }), { minLength: 1, maxLength: 100 }),
        (sizes) => {
          const rows = sizes.map((size, index) =>
            row(index + 1, { content: { kind: "text", text: "é".repeat(size / 2 + 1) } }),
          );
          const { items } = plan(rows);
          const bytes = utf8Bytes(JSON.stringify({ t: "submit", items }));
          expect(items.length).toBeGreaterThan(0);
          expect(items.length).toBeLessThanOrEqual(LIMITS.submitItems);
          expect(bytes).toBeLessThanOrEqual(LIMITS.frameBytes);
        },
      ),
    );
  });

  /**
   * Against the judge of rule 2: whatever answers are lost, the log ends up with every message once
   * and in order.
   */
  test("R2 R4: lost answers and cut frames neither lose, repeat nor reorder", () => {
    const turn = fc.record({
      take: fc.integer({ min: 0, max: 6 }),
      heard: fc.boolean(),
      forget: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
        const log: number[] = [];
        const rows = new Map([1, 2, 3, 4, 5, 6, 7].map((counter) => [counter, row(counter)]));
        let base = 0;
        for (const { take, heard, forget } of [...turns, ...Array(40).fill(STEADY)]) {
          if (forget) base = 0;
          const lanes = new Map([[A, lane(base)]]);
          for (const { counter, prev } of plan([...rows.values()], { lanes }).items.slice(
            0,
            take,
          )) {
            const have = log.at(-1) ?? 0;
            const isNew = counter > have && prev === have;
            if (isNew) log.push(counter);
            if (!heard) continue;
            if (isNew || log.includes(counter)) {
              rows.delete(counter);
              base = Math.max(base, counter);
            } else base = have;
          }
        }
        expect(log).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(rows.size).toBe(0);
      }),
    );
  });
});

const STEADY = { take: 6, heard: true, forget: false };

describe("what an answer means", () => {
  const answer = (error?: Parameters<typeof judgeAnswer>[0]["error"]) =>
    judgeAnswer({ conversation: A, counter: 1, ...(error ? { error } : { number: 4, at: 9 }) }, 1);

  test("no error is a promise, with or without a number", () => {
    expect(answer()).toEqual({ kind: "accepted", number: 4, at: 9 });
    expect(judgeAnswer({ conversation: A, counter: 1, number: null, at: 9 }, 1)).toEqual({
      kind: "accepted",
      number: null,
      at: 9,
    });
  });

  test("a gap names where to go on, busy and rate say when, the rest is final", () => {
    expect(answer({ code: "gap", have: 3 })).toEqual({ kind: "gap", have: 3 });
    expect(answer({ code: "rate", retryAfterMs: 250 })).toEqual({ kind: "later", afterMs: 250 });
    expect(answer({ code: "busy" })).toEqual({ kind: "later", afterMs: 1_000 });
    const refused = answer({ code: "bad-field", field: "body.text", rule: "max-bytes:8192" });
    expect(refused).toEqual({
      kind: "failed",
      failure: { code: "bad-field", retryable: false, field: "body.text", rule: "max-bytes:8192" },
    });
  });

  test("time and attempts that run out are no refusal", () => {
    const limited = row(1, { failAfterMs: 5_000 });
    expect(expiryOf(limited, 60_000, 4_999)).toBe(undefined);
    const gaveUp = expiryOf(limited, 60_000, 5_000);
    expect(gaveUp).toEqual({ code: "gave-up", retryable: true });
    expect(expiryOf(row(1), 60_000, 60_000)).toEqual({ code: "expired", retryable: true });
    expect(gaveUp && isDefinite(gaveUp)).toBe(false);
    expect(expiryOf(row(1, { status: failed }), 60_000, 60_000)).toBe(undefined);
  });
});
