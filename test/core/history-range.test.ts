import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOnePlace, rangeOf } from "../../protocol/history.ts";
import { fitAround } from "../../worker/core/fit.ts";

describe("a page of history", () => {
  test.each([
    [{ limit: 3 }, [8, 10]],
    [{ before: 5, limit: 3 }, [2, 4]],
    [{ before: 3, limit: 5 }, [1, 2]],
    [{ before: 1, limit: 5 }, undefined],
    [{ before: 99, limit: 2 }, [9, 10]],
    [{ after: 0, limit: 3 }, [1, 3]],
    [{ after: 8, limit: 5 }, [9, 10]],
    [{ after: 10, limit: 5 }, undefined],
    [{ around: 5, limit: 5 }, [3, 7]],
    [{ around: 5, limit: 4 }, [3, 6]],
    [{ around: 5, limit: 1 }, [5, 5]],
    [{ around: 1, limit: 4 }, [1, 4]],
    [{ around: 10, limit: 4 }, [7, 10]],
    [{ around: 99, limit: 4 }, [7, 10]],
  ])("%j of ten entries", (wanted, expected) => {
    const range = rangeOf(wanted, 1, 10);
    expect(range && [range.from, range.to]).toEqual(expected);
  });

  test("stays within the log, is as long as it can be, and has what it is about", () => {
    const place = fc.integer({ min: 0, max: 60 });
    const wanted = fc
      .tuple(fc.constantFrom("before", "after", "around", "newest"), place, place)
      .map(([kind, number, limit]) => ({ [kind]: number, limit: limit + 1 }));
    fc.assert(
      fc.property(wanted, place, place, (page, oldest, length) => {
        const [low, high] = [oldest + 1, oldest + length];
        const range = rangeOf(page, low, high);
        if (range === undefined) return;
        expect(range.from).toBeGreaterThanOrEqual(low);
        expect(range.to).toBeLessThanOrEqual(high);
        expect(range.to - range.from + 1).toBeLessThanOrEqual(page.limit);
        expect(range.anchor).toBeGreaterThanOrEqual(range.from);
        expect(range.anchor).toBeLessThanOrEqual(range.to);
        if (page["around"] === undefined) return;
        expect(range.anchor).toBe(Math.min(high, Math.max(low, page["around"])));
        expect(range.to - range.from + 1).toBe(Math.min(page.limit, length));
      }),
    );
  });

  test("is at one place", () => {
    expect(isOnePlace({})).toBe(true);
    expect(isOnePlace({ around: 1 })).toBe(true);
    expect(isOnePlace({ before: 1, after: 1 })).toBe(false);
  });

  test("grows around its anchor as far as there is room", () => {
    expect(fitAround([1, 1, 1, 1, 1], 2, 5)).toEqual({ first: 0, last: 4 });
    expect(fitAround([1, 1, 1, 1, 1], 2, 3)).toEqual({ first: 1, last: 3 });
    expect(fitAround([1, 9, 1, 1, 1], 2, 5)).toEqual({ first: 2, last: 4 });
    expect(fitAround([9, 9, 9], 1, 5)).toEqual({ first: 1, last: 1 });
    expect(fitAround([1, 1, 1], 0, 2)).toEqual({ first: 0, last: 1 });
  });
});
