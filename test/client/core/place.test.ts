import { expect, test } from "vitest";
import { emptyRow } from "../../../client/core/conversations.ts";
import { takePlace } from "../../../client/core/place.ts";
import { place } from "../../support/client/fair.ts";
import { GROUP } from "../../support/client/group-talk.ts";

test("R5 a change of one's place after a state says nothing of what the app was handed of a log", () => {
  const row = { ...emptyRow(GROUP), head: 3, membership: place() };
  const told = takePlace(row, place({ version: 2, role: "admin" }), { at: 5, seq: 8 });
  expect(told.membership).toMatchObject({ version: 2, role: "admin" });
  expect(told.handed).toBeUndefined();
});

test("R5 who is new in a large group is handed what is said from then on", () => {
  const told = takePlace(emptyRow(GROUP), place({ version: 7 }), { at: 5, seq: 8 });
  expect(told.handed).toEqual({ upTo: 6, since: 8 });
});

test("R15 what was fetched of a later stay before its place was known is taken again, and counted", () => {
  const row = {
    ...emptyRow(GROUP),
    head: 26,
    log: 26,
    read: 16,
    membership: place({ version: 17, from: 17 }),
  };
  const told = takePlace(row, place({ version: 25, from: 25 }), { at: 5, seq: 8 });
  expect(told).toMatchObject({ log: 24, head: 24, read: 24, unread: 0, start: 25 });
});
