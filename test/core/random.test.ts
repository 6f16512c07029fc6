import { expect, test } from "vitest";
import { Dice, hash, unit } from "../support/random.ts";

test("a decision depends on seed, site and count alone", () => {
  expect(hash(7, "drop", 3)).toBe(hash(7, "drop", 3));
  const others = [hash(8, "drop", 3), hash(7, "crop", 3), hash(7, "drop", 4)];
  expect(others).not.toContain(hash(7, "drop", 3));
});

test("leaving out the decisions of one site changes no other", () => {
  const all = new Dice(42);
  const few = new Dice(42);
  const drawn = [1, 2, 3].map(() => {
    all.unit("kill");
    return all.unit("delay");
  });
  expect([1, 2, 3].map(() => few.unit("delay"))).toEqual(drawn);
  expect(few.split("a").unit("delay")).not.toBe(few.split("b").unit("delay"));
});

test("numbers are spread evenly, for neighbouring seeds and counts too", () => {
  const buckets = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 100; seed += 1) {
    for (let nth = 0; nth < 100; nth += 1) {
      const bucket = Math.floor(unit(seed, "site", nth) * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
  }
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(120);
});

test("between takes both ends in, and pick every item", () => {
  const dice = new Dice(1);
  const seen = new Set(Array.from({ length: 200 }, () => dice.between("n", 2, 5)));
  expect([...seen].sort()).toEqual([2, 3, 4, 5]);
  const picked = new Set(Array.from({ length: 200 }, () => dice.pick("p", ["a", "b"])));
  expect([...picked].sort()).toEqual(["a", "b"]);
});
