/** A member's object asks the group what is unread before the copies, until it has been told. */
import { expect, test } from "vitest";
import type { ConversationHandOff, LogEntry } from "../../../protocol/hand-offs.ts";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import type { Effect } from "../../../worker/user.ts";
import { LoneUser } from "../fixtures/lone-user.ts";

const GROUP = `group:${"A".repeat(22)}` as const;

const said = (number: number): LogEntry => ({
  number,
  origin: { user: "carol", device: "device-1", counter: number },
  at: 1_790_000_000_000,
  priority: "normal",
  hash: 0,
  body: { kind: "text", text: `word ${number}` },
});

const asked = (effects: readonly Effect[]): ConversationHandOff[] =>
  effects.flatMap((one) =>
    one.kind === "call" && one.to === GROUP ? [...one.call.conversations] : [],
  );

/** Has read up to 4 when copies begin at 10, which the object has up to 11. */
function member(kept = { delivered: 11, read: 11 }) {
  const user = new LoneUser();
  const place = {
    kind: "membership" as const,
    state: "member" as const,
    role: "member" as const,
    ...{ from: 1, title: "Fair", writers: "all" as const, inviters: "admins" as const },
    history: "start" as const,
  };
  const called = (one: Partial<ConversationHandOff>) =>
    user.called({ from: GROUP, conversations: [{ conversation: GROUP, have: 0, ...one }] });
  user.connect("device-1", null);
  called({ membership: { ...place, version: 2, mode: "large" } });
  user.answered(GROUP, { conversation: GROUP, have: 4, unread: 0 });
  user.say("device-1#1", { t: "read", conversation: GROUP, number: 4 });
  user.answered(GROUP, { conversation: GROUP, have: 9, unread: 5 });
  const effects = called({
    membership: { ...place, version: 10, mode: "copy", copyFrom: 10 },
    replicate: [said(10), said(11)],
    kept,
  });
  const told = () => {
    const rows = user.sql
      .all("SELECT body FROM timeline ORDER BY seq")
      .map(({ body }) => `${body}`);
    return rows.filter((body) => body.includes('"head"')).map((body) => JSON.parse(body));
  };
  return { user, called, effects, told };
}

test("R26 the group is asked as of the mark, and its answer is a row", () => {
  const { user, effects, told } = member();
  expect(asked(effects)).toMatchObject([{ have: 11, unreadAfter: 4 }]);
  const after = user.answered(GROUP, { conversation: GROUP, have: 11, unread: 5 });
  expect(told()).toEqual([{ kind: "read", number: 4, unread: 7, head: 11 }]);
  expect(asked(after)).toEqual([]);
});

test("R26 an answer as of another end of the log is not taken, and asked for again", () => {
  const { user, told } = member();
  const after = user.answered(GROUP, { conversation: GROUP, have: 12, unread: 5 });
  expect(told()).toEqual([]);
  expect(asked(after)).toMatchObject([{ unreadAfter: 4 }]);
});

test("R26 an answer as of another mark is not taken, and asked for again", () => {
  const { user, told } = member();
  user.say("device-1#1", { t: "read", conversation: GROUP, number: 6 });
  const after = user.answered(GROUP, { conversation: GROUP, have: 11, unread: 5 });
  expect(told()).toEqual([]);
  expect(asked(after)).toMatchObject([{ unreadAfter: 6 }]);
  user.answered(GROUP, { conversation: GROUP, have: 11, unread: 3 });
  expect(told()).toEqual([{ kind: "read", number: 6, unread: 5, head: 11 }]);
});

test("R26 once the mark has moved and still lies before the copies, the group is asked again", () => {
  const { user } = member();
  user.answered(GROUP, { conversation: GROUP, have: 11, unread: 5 });
  const read = (number: number) =>
    asked(user.say("device-1#1", { t: "read", conversation: GROUP, number }));
  expect(read(6)).toMatchObject([{ unreadAfter: 6 }]);
  user.answered(GROUP, { conversation: GROUP, have: 11, unread: 3 });
  expect(read(9)).toEqual([]);
});

test("R26 an answer that does not come is asked for by the alarm, also after a crash", () => {
  const { user, told } = member();
  user.answered(GROUP, null);
  expect(asked(user.alarm())).toMatchObject([{ unreadAfter: 4 }]);
  user.crash();
  expect(asked(user.alarm())).toMatchObject([{ unreadAfter: 4 }]);
  user.answered(GROUP, { conversation: GROUP, have: 11, unread: 5 });
  expect(told()).toEqual([{ kind: "read", number: 4, unread: 7, head: 11 }]);
});

test("R26 that an answer is owed outlasts a checkpoint and the crash that follows", () => {
  const { user } = member();
  for (let index = 0; index <= DEFAULT_SETTINGS.checkpointRows; index += 1) {
    user.receive({ kind: "text", text: `word ${index}` });
  }
  user.crash();
  expect(asked(user.alarm())).toMatchObject([{ unreadAfter: 4 }]);
});

test("R9 a mark in a group's log is told, though the copy has a stub of something else", () => {
  const { user, called } = member({ delivered: 11, read: 5 });
  const edit: LogEntry = { ...said(12), body: { kind: "edit", target: 8, text: "not here" } };
  called({ replicate: [edit] });
  user.answered(GROUP, { conversation: GROUP, have: 12, unread: 5 });
  user.say("device-1#1", { t: "read", conversation: GROUP, number: 6 });
  user.answered(GROUP, { conversation: GROUP, have: 12, unread: 3 });
  expect(asked(user.alarm())).toMatchObject([{ marks: { read: 6 } }]);
});
