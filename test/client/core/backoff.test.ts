import fc from "fast-check";
import { expect, test } from "vitest";
import { BACKOFF, type Backoff, NO_BACKOFF, nextDelay } from "../../../client/core/backoff.ts";
import { Dice } from "../../support/random.ts";

const REMOTE = { local: false, spreadMs: undefined, hidden: false };
const LOCAL = { ...REMOTE, local: true };
const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("the first wait is spread over 3 s, later ones over 1 s to three times the one before", () => {
  expect(nextDelay(NO_BACKOFF, REMOTE, 0, 0.999).delayMs).toBeCloseTo(2_997);
  expect(nextDelay(NO_BACKOFF, REMOTE, 0, 0).delayMs).toBe(0);
  const before: Backoff = { attempt: 1, previousMs: 2_000, immediateAt: 0 };
  expect(nextDelay(before, REMOTE, 0, 0).delayMs).toBe(1_000);
  expect(nextDelay(before, REMOTE, 0, 1).delayMs).toBe(6_000);
});

test("never longer than 12 s, hidden 60 s, and jittered below the cap", () => {
  fc.assert(
    fc.property(fc.array(unit, { minLength: 2, maxLength: 40 }), fc.boolean(), (dice, hidden) => {
      let backoff = NO_BACKOFF;
      for (const random of dice) {
        const next = nextDelay(backoff, { ...REMOTE, hidden }, 0, random);
        expect(next.delayMs).toBeGreaterThanOrEqual(backoff.previousMs === 0 ? 0 : BACKOFF.minMs);
        expect(next.delayMs).toBeLessThanOrEqual(hidden ? 60_000 : 12_000);
        backoff = next.backoff;
      }
    }),
  );
  const late: Backoff = { attempt: 9, previousMs: 12_000, immediateAt: 0 };
  expect(nextDelay(late, REMOTE, 0, 0.1).delayMs).toBeLessThan(BACKOFF.capMs / 2);
});

test("a loss of our own is tried almost at once, but at most every 5 s", () => {
  const first = nextDelay(NO_BACKOFF, LOCAL, 10_000, 1);
  expect(first.delayMs).toBe(250);
  const soon = nextDelay(first.backoff, LOCAL, 14_999, 1);
  expect(soon.delayMs).toBe(3_000);
  expect(nextDelay(soon.backoff, LOCAL, 15_000, 1).delayMs).toBe(250);
});

test("the server's wish is obeyed", () => {
  expect(nextDelay(NO_BACKOFF, { ...LOCAL, spreadMs: 10_000 }, 0, 0.5).delayMs).toBe(5_000);
});

test("10,000 clients dropped at once do not come back at once", () => {
  const dice = new Dice(7);
  const slots = new Map<number, number>();
  for (let client = 0; client < 10_000; client += 1) {
    const { delayMs } = nextDelay(NO_BACKOFF, REMOTE, 0, dice.unit("delay"));
    const slot = Math.floor(delayMs / 100);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  expect(Math.max(...slots.values())).toBeLessThan(420);
});
