import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { follow } from "../../protocol/follow.ts";
import { findNumber, type Link, pointersAfter } from "../../worker/core/chain.ts";
import {
  acked,
  type Feed,
  inFlightBytes,
  newFeed,
  resent,
  rewind,
  sent,
} from "../../worker/core/feed.ts";

describe("the follower", () => {
  test.each([
    { have: 0, from: 1, to: 3, verdict: { kind: "next", skip: 0 } },
    { have: 2, from: 1, to: 3, verdict: { kind: "next", skip: 2 } },
    { have: 3, from: 1, to: 3, verdict: { kind: "have" } },
    { have: 9, from: 1, to: 3, verdict: { kind: "have" } },
    { have: 3, from: 4, to: 4, verdict: { kind: "next", skip: 0 } },
    { have: 3, from: 5, to: 9, verdict: { kind: "gap", have: 3 } },
  ])("R3 with 1 … $have, offered $from … $to", ({ have, from, to, verdict }) => {
    expect(follow(have, from, to)).toEqual(verdict);
  });

  test("R3 whatever runs come in whatever order, it holds 1 … n, each once", () => {
    const run = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 60 }), (runs) => {
        const taken: number[] = [];
        for (const [from, more] of runs) {
          const verdict = follow(taken.length, from, from + more);
          if (verdict.kind !== "next") continue;
          for (let n = from + verdict.skip; n <= from + more; n++) taken.push(n);
        }
        expect(taken).toEqual(taken.map((_, index) => index + 1));
      }),
    );
  });
});

describe("the chain of a conversation's rows", () => {
  /** Rows of one conversation among others: seqs rise by irregular steps. */
  function chainOf(steps: readonly number[]) {
    const rows = new Map<number, Link>();
    let reads = 0;
    const read = (seq: number): Link => {
      reads += 1;
      const row = rows.get(seq);
      if (row === undefined) throw new Error(`no row at ${seq}`);
      return row;
    };
    let newest: Link | undefined;
    for (const [index, step] of steps.entries()) {
      const seq: number = (newest?.seq ?? 0) + step;
      newest = { seq, number: index + 1, ...pointersAfter(newest, read) };
      rows.set(seq, newest);
    }
    return { newest, read, reads: () => reads, seqs: [...rows.keys()] };
  }

  test("R3 any number is found, and no other", () => {
    const steps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(steps, fc.nat(320), (gaps, number) => {
        const { newest, read, seqs } = chainOf(gaps);
        expect(findNumber(newest, number, read)?.seq).toBe(seqs[number - 1]);
      }),
    );
  });

  test("R7 in a logarithmic number of reads", () => {
    const chain = chainOf(Array(10_000).fill(1));
    const before = chain.reads();
    for (let number = 1; number <= 10_000; number += 97)
      findNumber(chain.newest, number, chain.read);
    const perLookUp = (chain.reads() - before) / Math.ceil(10_000 / 97);
    expect(perLookUp).toBeLessThan(4 * Math.log2(10_000));
  });

  test("R3 an empty conversation has nothing", () => {
    expect(findNumber(undefined, 1, () => ({ seq: 0, number: 0, previous: 0, jump: 0 }))).toBe(
      undefined,
    );
  });
});

describe("the feeder", () => {
  const twoRuns = () => sent(sent(newFeed(10), 12, 200, 1_000, 1_500), 15, 300, 1_100, 1_600);

  test("R5 what was sent is under way until it is acked", () => {
    const feed = twoRuns();
    expect(feed).toMatchObject({ have: 10, sent: 15, retryAt: 1_500 });
    expect(feed.runs.map(({ from, to, attempts }) => [from, to, attempts])).toEqual([
      [11, 12, 1],
      [13, 15, 1],
    ]);
    expect(inFlightBytes(feed)).toBe(500);
  });

  test("R6 an ack in the middle of a run leaves its rest", () => {
    const { feed, done } = acked(twoRuns(), 13, 2_000);
    expect(feed).toMatchObject({ have: 13, sent: 15, retryAt: 2_000 });
    expect(feed.runs).toMatchObject([{ from: 14, to: 15 }]);
    expect(done.map(({ from, to }) => [from, to])).toEqual([
      [11, 12],
      [13, 13],
    ]);
  });

  test("R6 an ack that says nothing new changes nothing", () => {
    const feed = twoRuns();
    for (const have of [0, 9, 10]) expect(acked(feed, have, 9_999)).toEqual({ feed, done: [] });
  });

  test("R10 the last ack ends the retries", () => {
    expect(acked(twoRuns(), 15, 2_000).feed).toEqual({
      have: 15,
      sent: 15,
      runs: [],
      retryAt: null,
    });
  });

  test("R10 only the oldest run is sent again, and counted", () => {
    const feed = resent(resent(twoRuns(), 3_000, 4_000), 5_000, 6_000);
    expect(feed.runs).toMatchObject([
      { from: 11, attempts: 3, firstAt: 1_000, lastAt: 5_000 },
      { from: 13, attempts: 1, lastAt: 1_100 },
    ]);
    expect(feed.retryAt).toBe(6_000);
    expect(resent(newFeed(3), 1, 2)).toEqual(newFeed(3));
  });

  test("R6 a rewind starts anew from there", () => {
    expect(rewind(4)).toEqual({ have: 4, sent: 4, runs: [], retryAt: null });
  });

  test("R6 runs always cover exactly what is between have and sent", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("send" as const), by: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant("ack" as const), by: fc.integer({ min: 0, max: 7 }) }),
      fc.record({ kind: fc.constant("retry" as const), by: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let feed: Feed = newFeed(0);
        for (const [now, { kind, by }] of steps.entries()) {
          if (kind === "send") feed = sent(feed, feed.sent + by, by, now, now + 10);
          if (kind === "retry") feed = resent(feed, now, now + 10);
          if (kind === "ack")
            feed = acked(feed, Math.min(feed.sent, feed.have + by), now + 10).feed;
          const covered = feed.runs.flatMap(({ from, to }) =>
            Array.from({ length: to - from + 1 }, (_, i) => from + i),
          );
          const open = Array.from({ length: feed.sent - feed.have }, (_, i) => feed.have + 1 + i);
          expect(covered).toEqual(open);
          expect(feed.retryAt === null).toBe(open.length === 0);
          expect(feed.runs.length).toBeLessThanOrEqual(64);
        }
      }),
    );
  });
});
