/** What is unread when a group grows small again: the group counts what lies before the copies. */
import { expect, test } from "vitest";
import { emptyRow } from "../../../client/core/conversations.ts";
import { readUpTo } from "../../../client/core/reading.ts";
import { arranged, PLAIN_ARRANGEMENT } from "../../../protocol/arrange.ts";
import type { Membership } from "../../../protocol/groups.ts";
import { readAsTold, unread, unreadBeyond } from "../../../worker/core/conversation.ts";
import { Timeline } from "../../../worker/timeline.ts";
import { UserStore } from "../../../worker/user-store.ts";
import { NodeSql } from "../../support/node-sql.ts";

const GROUP = `group:${"A".repeat(22)}`;
const NOW = 1_790_000_000_000;

const place: Omit<Membership, "version" | "mode"> = {
  kind: "membership",
  state: "member",
  role: "member",
  from: 1,
  title: "Fair",
  writers: "all",
  inviters: "admins",
  history: "start",
};

/** Alice has read up to 4 of a log for all, which copies follow from 10 on. */
function alice() {
  return grown(new Timeline(new UserStore(new NodeSql()), "alice"), 0);
}

/** As that; so many entries are rows of hers from before it. */
function grown(timeline: Timeline, rows: number) {
  let counter = 0;
  const says = (number: number) => {
    counter += 1;
    timeline.appendLog(
      GROUP,
      {
        number,
        origin: { user: "bob", device: "device-1", counter },
        at: NOW,
        priority: "normal",
        hash: 0,
        body: { kind: "text", text: "hello" },
      },
      NOW,
    );
  };
  timeline.appendPrivate(GROUP, { ...place, version: 1, mode: rows > 0 ? "copy" : "large" }, NOW);
  for (let number = 1; number <= rows; number += 1) says(number);
  timeline.appendPrivate(GROUP, { ...place, version: 4, mode: "large" }, NOW);
  timeline.appendPrivate(GROUP, { kind: "read", number: 4, unread: 0 }, NOW);
  timeline.appendPrivate(GROUP, { ...place, version: 10, mode: "copy", copyFrom: 10 }, NOW);
  return { timeline, says, state: timeline.conversation(GROUP) };
}

test("R26 what lies before the copies is unread as the group says", () => {
  const { timeline, says, state } = alice();
  expect(state.unreadInLog).toEqual({ count: 0, isTold: false });
  says(10);
  says(11);
  expect(unread(state)).toBe(2);
  const told = readAsTold(state, 5);
  expect(told).toEqual({ kind: "read", number: 4, unread: 7, head: 11 });
  timeline.appendPrivate(GROUP, told, NOW);
  expect(unread(state)).toBe(7);
  says(12);
  expect(unread(state)).toBe(8);
});

test("R26 a mark that still lies before the copies is asked about again", () => {
  const { timeline, says, state } = alice();
  says(10);
  timeline.appendPrivate(GROUP, readAsTold(state, 5), NOW);
  expect(unreadBeyond(state, 7)).toBe(3);
  timeline.appendPrivate(GROUP, { kind: "read", number: 7, unread: 3 }, NOW);
  expect(state.unreadInLog).toEqual({ count: 2, isTold: false });
  timeline.appendPrivate(GROUP, readAsTold(state, 1), NOW);
  expect(unread(state)).toBe(2);
});

test("R26 a row from before the copies that comes late is among what the group counts", () => {
  const { timeline, says, state } = alice();
  says(8);
  says(10);
  expect(unread(state)).toBe(1);
  timeline.appendPrivate(GROUP, readAsTold(state, 5), NOW);
  expect(unread(state)).toBe(6);
});

test("R26 what is recalled before the copies is taken off, once", () => {
  const { timeline, says, state } = alice();
  const recalls = (number: number, target: number) =>
    timeline.appendLog(
      GROUP,
      {
        number,
        origin: { user: "bob", device: "device-1", counter: number },
        at: NOW,
        priority: "normal",
        hash: 0,
        body: { kind: "recall", target },
      },
      NOW,
    );
  says(10);
  recalls(11, 5);
  // Of 5 to 9 the group counts four by then.
  timeline.appendPrivate(GROUP, readAsTold(state, 4), NOW);
  expect(unread(state)).toBe(5);
  recalls(12, 6);
  expect(unread(state)).toBe(4);
});

test("R26 with the mark on the last entry before the copies, what was copied long ago is no news", () => {
  const timeline = new Timeline(new UserStore(new NodeSql()), "alice");
  const { state } = grown(timeline, 3);
  expect(unreadBeyond(state, 9)).toBe(0);
  timeline.appendPrivate(GROUP, { kind: "read", number: 9, unread: 0 }, NOW);
  expect(unread(state)).toBe(0);
});

test("R26 a device takes the group's word as a count, not as reading", () => {
  const row = {
    ...emptyRow(GROUP),
    ...{ head: 11, read: 4, readTold: 4, unread: 2 },
    arrangement: arranged(PLAIN_ARRANGEMENT, { markedUnread: true }),
  };
  const word = { kind: "read", number: 4, unread: 7, head: 11 } as const;
  expect(readUpTo(row, word)).toEqual({ ...row, unread: 7 });
  // A state has told it before, with what came later; or this device has read on.
  expect(readUpTo({ ...row, head: 12 }, word).unread).toBe(2);
  expect(readUpTo({ ...row, read: 5 }, word).unread).toBe(2);
});

test("R26 read up to the copies, nothing before them counts", () => {
  const { timeline, says, state } = alice();
  says(10);
  says(11);
  timeline.appendPrivate(GROUP, readAsTold(state, 5), NOW);
  expect(unreadBeyond(state, 9)).toBe(2);
  timeline.appendPrivate(GROUP, { kind: "read", number: 9, unread: 2 }, NOW);
  expect(state.unreadInLog).toBeUndefined();
  expect(unread(state)).toBe(2);
});
