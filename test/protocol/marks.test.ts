import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../protocol/limits.ts";
import {
  exceeds,
  isDelivered,
  joinMarks,
  type Marks,
  marksOf,
  withNumbers,
} from "../../protocol/marks.ts";

const NUMBERS = 40;

const someMarks = fc
  .record({
    delivered: fc.nat(NUMBERS),
    read: fc.nat(NUMBERS),
    without: fc.uniqueArray(fc.integer({ min: 1, max: NUMBERS }), { maxLength: 10 }),
  })
  .map(({ delivered, read, without }) => marksOf(delivered, read, withNumbers([], without)));

/** What marks say, spelled out. */
function deliveredBy(marks: Marks): number[] {
  const numbers = Array.from({ length: NUMBERS }, (_, index) => index + 1);
  return numbers.filter((number) => isDelivered(marks, number));
}

describe("R9 marks", () => {
  test("R9 two words join to what either says", () => {
    fc.assert(
      fc.property(someMarks, someMarks, (a, b) => {
        const joined = joinMarks(a, b);
        const either = new Set([...deliveredBy(a), ...deliveredBy(b)]);
        expect(new Set(deliveredBy(joined))).toEqual(either);
        expect(joined.read).toBe(Math.max(a.read, b.read));
      }),
    );
  });

  test("R9 the order of words and their repetition change nothing", () => {
    fc.assert(
      fc.property(fc.array(someMarks, { minLength: 1, maxLength: 6 }), (words) => {
        const none = marksOf(0, 0, []);
        const forth = words.reduce(joinMarks, none);
        const back = [...words, ...words].reverse().reduce(joinMarks, none);
        expect(deliveredBy(back)).toEqual(deliveredBy(forth));
        expect(exceeds(back, forth) || exceeds(forth, back)).toBe(false);
      }),
    );
  });

  test("R9 one word exceeds another by a message, or by what was read", () => {
    fc.assert(
      fc.property(someMarks, someMarks, (a, b) => {
        const says = new Set(deliveredBy(b));
        const isNews = deliveredBy(a).some((number) => !says.has(number));
        // A mark that stands on what no device has is news as well: the next may follow.
        const isFarther = a.delivered > b.delivered || a.read > b.read;
        expect(exceeds(a, b)).toBe(isNews || isFarther);
      }),
    );
  });

  test("R17 too many holes run together: no message is said to be delivered that is not", () => {
    const holes = Array.from({ length: 3 * LIMITS.exceptSpans }, (_, index) => 2 * index + 1);
    const marks = marksOf(500, 0, withNumbers([], holes));
    expect(marks.except).toHaveLength(LIMITS.exceptSpans);
    expect(holes.filter((number) => isDelivered(marks, number))).toEqual([]);
    expect(isDelivered(marks, 499)).toBe(true);
  });
});
