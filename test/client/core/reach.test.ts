/** How far one's words have come in a group, from hints that tell of some of them. */
import { expect, test } from "vitest";
import { emptyRow } from "../../../client/core/conversations.ts";
import { reachOf, withReach } from "../../../client/core/reach.ts";
import type { StoredReach } from "../../../client/store.ts";

const reach = (number: number, delivered: number, read: number, of: number): StoredReach => {
  return { number, delivered, read, of };
};

function shown(number: number, ...hints: readonly StoredReach[]) {
  const row = hints.reduce(withReach, emptyRow("group:AAAAAAAAAAAAAAAAAAAAAA"));
  const { delivered, read, of } = reachOf(row, number) ?? {};
  return [delivered, read, of];
}

test("R9 who has what came later has what came before it", () => {
  expect(shown(1, reach(1, 1, 0, 3), reach(2, 2, 1, 3))).toEqual([2, 1, 3]);
  expect(shown(1, reach(1, 3, 1, 3), reach(2, 2, 0, 3))).toEqual([3, 1, 3]);
  expect(shown(1, reach(2, 3, 3, 3))).toEqual([3, 3, 3]);
  expect(shown(3, reach(2, 3, 3, 3))).toEqual([undefined, undefined, undefined]);
});

test("R9 who came since has it in nobody's place: it is not delivered while one lacks it", () => {
  // Of two one is away; a third comes, and has only the second message.
  expect(shown(1, reach(1, 1, 1, 2), reach(2, 2, 0, 3))).toEqual([1, 1, 2]);
  expect(shown(1, reach(1, 1, 0, 2), reach(2, 2, 2, 3))).toEqual([1, 1, 2]);
  expect(shown(1, reach(1, 1, 1, 2), reach(2, 3, 2, 3))).toEqual([2, 1, 2]);
});

test("R9 who has left is waited for no more, and is not counted", () => {
  expect(shown(1, reach(1, 1, 1, 2), reach(1, 1, 1, 1))).toEqual([1, 1, 1]);
  expect(shown(1, reach(1, 2, 1, 3), reach(2, 1, 1, 2))).toEqual([1, 1, 2]);
  expect(shown(1, reach(1, 1, 0, 2), reach(2, 1, 0, 1))).toEqual([1, 0, 1]);
});
