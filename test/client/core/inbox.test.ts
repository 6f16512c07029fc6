import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ackAt, emptyInbox, noteHandled, takeEntries } from "../../../client/core/inbox.ts";
import type { Entry } from "../../../protocol/entries.ts";
import type { EntriesFrame } from "../../../protocol/server-frames.ts";

function entry(seq: number, body: Entry["body"] = { kind: "text", text: `s${seq}` }): Entry {
  return {
    seq,
    conversation: "direct:alice,bob",
    number: seq,
    id: `bob:deviceofbob:${seq}`,
    at: 1,
    body,
  };
}

function run(from: number, to: number, part: Partial<EntriesFrame> = {}): EntriesFrame {
  const entries = Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));
  const count = entries.length;
  return { t: "entries", route: "live", from, to, count, entries, caughtUp: true, ...part };
}

function seqs(taken: ReturnType<typeof takeEntries>): number[] {
  return taken.kind === "next" ? taken.entries.map(({ seq }) => seq) : [];
}

describe("R6: the contiguous prefix", () => {
  test("takes what continues it, without what is there already", () => {
    expect(seqs(takeEntries(emptyInbox(3), 3, run(2, 6)))).toEqual([4, 5, 6]);
    expect(takeEntries(emptyInbox(6), 6, run(2, 6))).toEqual({ kind: "have" });
  });

  test("keeps what lies beyond a gap aside, until the gap is closed", () => {
    const beyond = takeEntries(emptyInbox(3), 3, run(6, 7));
    if (beyond.kind !== "gap") throw new Error("expected a gap");
    expect(beyond.inbox.stored).toBe(3);
    const closed = takeEntries(beyond.inbox, 3, run(4, 5));
    expect(seqs(closed)).toEqual([4, 5, 6, 7]);
    expect(closed.kind === "next" && closed.inbox).toEqual(emptyInbox(7));
  });

  test("keeps no more aside than an ack can list", () => {
    const beyond = takeEntries(emptyInbox(0), 0, run(10, 200));
    expect(beyond.kind === "gap" && beyond.inbox.aside.size).toBe(64);
  });

  test("uses nothing of a frame that contradicts itself", () => {
    const broken = { kind: "broken" };
    expect(takeEntries(emptyInbox(0), 0, run(1, 3, { count: 2 }))).toEqual(broken);
    expect(takeEntries(emptyInbox(0), 0, run(1, 3, { to: 4 }))).toEqual(broken);
    expect(takeEntries(emptyInbox(0), 0, run(1, 2, { entries: [entry(1), entry(3)] }))).toEqual(
      broken,
    );
  });

  test("any order, any repetition: each seq once, in order", () => {
    const piece = fc.record({
      from: fc.integer({ min: 1, max: 30 }),
      more: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        let inbox = emptyInbox(0);
        const kept: number[] = [];
        for (const frame of [
          ...pieces.map(({ from, more }) => run(from, from + more)),
          run(1, 35),
        ]) {
          const taken = takeEntries(inbox, inbox.stored, frame);
          kept.push(...seqs(taken));
          if (taken.kind === "next" || taken.kind === "gap") inbox = taken.inbox;
        }
        expect(kept).toEqual(kept.map((_, index) => index + 1));
        expect(inbox.stored).toBe(Math.max(35, kept.length));
      }),
    );
  });
});

test("R17: a placeholder replaces what the app refuses, and nothing that it has handled", () => {
  const placeholder = entry(5, { kind: "placeholder", reason: "refused" });
  const frame = run(5, 5, { entries: [placeholder], route: "retry" });
  expect(takeEntries(emptyInbox(9), 4, frame)).toEqual({ kind: "replace", entry: placeholder });
  expect(takeEntries(emptyInbox(9), 5, frame)).toEqual({ kind: "have" });
});

describe("acks", () => {
  const delays = { ackDelayMs: 100, ackMaxMs: 1_000 };
  test("wait a little for the last, never long for the first, and not at all for many", () => {
    let plan = noteHandled(undefined, 1, 0);
    expect(ackAt(plan, delays)).toBe(100);
    for (let now = 90; now <= 990; now += 90) plan = noteHandled(plan, 1, now);
    expect(ackAt(plan, delays)).toBe(1_000);
    expect(ackAt(noteHandled(plan, 30, 995), delays)).toBe(995);
  });
});
