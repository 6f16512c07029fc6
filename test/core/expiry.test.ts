/** Messages that expire: which are over, which are next, and that nothing of them leaves. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Mortal, progress, type Span, withMortal } from "../../protocol/expiring.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { applyChange, type Change, refuseChange } from "../../worker/core/changes.ts";
import { EXPIRED, sweepAt } from "../../worker/core/expiry.ts";
import { LoneUser, NOW } from "./fixtures/lone-user.ts";
import { logRow } from "./fixtures/rows.ts";

const CANARY = "canary-4242";

describe("spans", () => {
  test("sweeping them finds every message when its time is over, and no other", () => {
    const ttl = fc.constantFrom(undefined, 5, 50, 500);
    const message = fc.record({ wait: fc.integer({ min: 0, max: 20 }), ttl });
    const log = fc.array(message, { maxLength: 60 });
    const steps = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(log, steps, fc.integer({ min: 1, max: 9 }), (messages, waits, page) => {
        let at = 0;
        const rows: Mortal[] = messages.map(({ wait, ttl: life }, index) => {
          at += wait;
          return { number: index + 1, at, expiresAt: life === undefined ? undefined : at + life };
        });
        let spans: Span[] = [];
        for (const row of rows) spans = withMortal(spans, row);
        const over = new Set<number>();
        let now = 0;
        for (const wait of [...waits, 1_000]) {
          now += wait;
          spans = sweepAll(spans, rows, page, now, over);
          const due = rows.filter(({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt <= now);
          expect([...over].sort((a, b) => a - b)).toEqual(due.map(({ number }) => number));
        }
      }),
    );
  });
});

/** To the end, some numbers at a time, as over several turns. */
function sweepAll(
  all: readonly Span[],
  rows: readonly Mortal[],
  page: number,
  now: number,
  over: Set<number>,
): Span[] {
  return all.flatMap((span) => {
    const upTo = Math.min(span.to, span.from + page - 1);
    const some = rows.filter(({ number }) => number >= span.from && number <= upTo);
    const step = progress(span, some, upTo, now);
    for (const { number } of step.over) over.add(number);
    if (step.rest === undefined) return [];
    const isDone = step.dueAt !== undefined && step.dueAt > now;
    return isDone ? [step.rest] : sweepAll([step.rest], rows, page, now, over);
  });
}

describe("what is over", () => {
  const target = logRow({ body: EXPIRED, changes: { expiresAt: 5 } });
  test.each<Change>([
    { kind: "edit", target: 1, text: "x" },
    { kind: "recall", target: 1 },
    { kind: "reaction", target: 1, emoji: "x", on: true },
  ])("$kind changes nothing of it", (change) => {
    expect(refuseChange(change, target, 0, "alice", 6, DEFAULT_SETTINGS)).toBe("gone");
    expect(applyChange(target, change, 2, "alice")).toBe(target);
  });

  test("edits and reactions leave the time of a message as it is", () => {
    const live = logRow({ body: { kind: "text", text: "a" }, changes: { expiresAt: 5 } });
    const reacted = applyChange(
      live,
      { kind: "reaction", target: 1, emoji: "x", on: true },
      2,
      "bob",
    );
    expect(reacted.changes).toEqual({ expiresAt: 5, reactions: { x: ["bob"] } });
    const both = { ...live, ...reacted };
    const taken = applyChange(
      both,
      { kind: "reaction", target: 1, emoji: "x", on: false },
      3,
      "bob",
    );
    expect(taken.changes).toEqual({ expiresAt: 5 });
    const edited = applyChange(live, { kind: "edit", target: 1, text: "b" }, 2, "alice");
    expect(edited.changes).toEqual({ expiresAt: 5, edited: 2 });
  });

  test("is blanked at the latest a quarter of its time later, and never more than six hours", () => {
    expect(sweepAt(1_000, 100)).toBe(1_025);
    expect(sweepAt(1_000, 30 * 86_400_000)).toBe(1_000 + 6 * 3_600_000);
  });
});

describe("a user's object", () => {
  test("tells nothing of what is over, however much of it there is", () => {
    const user = new LoneUser();
    user.receive({ kind: "ttl", seconds: 60 });
    for (let index = 0; index < 1_600; index++) user.receive({ kind: "text", text: CANARY });
    user.receive({ kind: "edit", target: 1_500, text: CANARY });
    const early = user.connect("device-1", 0, NOW + 59_999);
    expect(JSON.stringify(early)).toContain(CANARY);
    const late = user.connect("device-2", 0, NOW + 60_000);
    expect(JSON.stringify(late)).not.toContain(CANARY);
    expect(JSON.stringify(late)).toContain("expired");
    // Some of it is still in rows: a turn has its limit.
    expect(user.sql.all("SELECT seq FROM timeline WHERE body LIKE ?", `%${CANARY}%`)).not.toEqual(
      [],
    );
    const page = { t: "history", ref: "h", conversation: "direct:alice,bob", limit: 50 };
    const answer = user.say("device-2#2", page, NOW + 60_001);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
    user.say("device-2#2", page, NOW + 60_002);
    expect(user.sql.all("SELECT seq FROM timeline WHERE body LIKE ?", `%${CANARY}%`)).toEqual([]);
    expect(user.sql.all("SELECT first FROM search WHERE postings LIKE ?", "%canary%")).toEqual([]);
  });

  test("blanks by its alarm: a row for each message, and a few for all", () => {
    const user = new LoneUser();
    user.receive({ kind: "ttl", seconds: 600 });
    for (let index = 0; index < 400; index++) user.receive({ kind: "text", text: CANARY });
    // Whatever else the alarm stands for is done first.
    while ((user.sql.alarmAt ?? 0) < NOW + 600_000) {
      user.reply(401);
      user.alarm();
    }
    expect(user.sql.alarmAt).toBe(NOW + 750_000);
    const before = user.sql.rowsWritten;
    user.alarm();
    expect(user.sql.all("SELECT seq FROM timeline WHERE body LIKE ?", `%${CANARY}%`)).toEqual([]);
    expect(user.sql.rowsWritten - before).toBeLessThanOrEqual(400 + 5);
    expect(user.sql.alarmAt).toBeNull();
  });
});
