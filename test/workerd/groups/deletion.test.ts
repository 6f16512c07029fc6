/** R23 accounts that end while they are in a group, with copies or with one log for all. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { breakCallsTo, callsTo } from "../faults.ts";
import { deviceOf, fireAlarm, sqlOf } from "../objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "../support.ts";
import {
  entryAt,
  fireGroupAlarm,
  groupObject,
  groupSql,
  newGroup,
  placeOf,
  refusalOf,
  tell,
} from "./support.ts";

const MEMBERS = 5;
const WITHIN = { timeout: 5_000 };

async function untilGone(user: string): Promise<void> {
  const gone = () => sqlOf(user, "SELECT value FROM facts WHERE name = 'gone'");
  await vi.waitFor(async () => expect(await gone()).toHaveLength(1), WITHIN);
}

async function deleteAccount({ user }: RawDevice): Promise<void> {
  expect((await api("/v1/account", user, { method: "DELETE" })).status).toBe(200);
}

async function membersIn(conversation: string, asking: RawDevice): Promise<string[]> {
  const path = `/v1/groups/${conversation.slice(6)}/members`;
  const page = (await (await api(path, asking.user)).json()) as { members: { user: string }[] };
  return page.members.map(({ user }) => user);
}

function untilLeft(conversation: string, asking: RawDevice, { user }: RawDevice): Promise<void> {
  return vi.waitFor(async () => {
    expect(await membersIn(conversation, asking)).not.toContain(user);
  }, WITHIN);
}

/** What the group's alarm is for comes to an end. */
async function untilAtRest(conversation: string, others: readonly RawDevice[]): Promise<void> {
  const isOver = async () => {
    for (const { user } of others) await fireAlarm(user);
    expect(await fireGroupAlarm(conversation)).toBe(false);
  };
  await vi.waitFor(isOver, WITHIN);
}

describe.each([
  ["copy", MEMBERS + 1],
  ["large", MEMBERS - 1],
] as const)("R23 in a group with mode %s", (mode, groupCopyMembers) => {
  const hasty = { groupCopyMembers, handOffDelaysMs: [20], safetyAlarmMs: 100 };

  beforeEach(() => freshPolicy({ ...hasty, recipients: "known" }));

  async function group() {
    const { conversation, devices } = await newGroup(MEMBERS);
    await Promise.all(devices.map((one) => placeOf(one, conversation, (at) => at.mode === mode)));
    const [a, b, c, d, e] = devices as [RawDevice, RawDevice, RawDevice, RawDevice, RawDevice];
    return { conversation, a, b, c, d, e };
  }

  test("R23 who goes leaves it for good, and the group comes to rest", async () => {
    const { conversation, a, b, c, d, e } = await group();
    await tell(e, conversation, "what I have said stays");
    const meant = { kind: "text", text: "bye", mentions: [e.user] } as const;
    await tell(a, conversation, { ...meant, mentions: [...meant.mentions] });
    await deleteAccount(e);
    await untilGone(e.user);
    await untilLeft(conversation, a, e);
    const { number } = await tell(a, conversation, { ...meant, mentions: [...meant.mentions] });
    expect(number).toBeGreaterThan(0);
    await untilAtRest(conversation, [a, b, c, d]);
    const live = await groupSql(conversation, "SELECT user FROM live");
    expect(live.map(({ user }) => user)).not.toContain(e.user);
    const log = JSON.stringify(await groupSql(conversation, "SELECT body FROM log"));
    expect(log).toContain("what I have said stays");
    expect((await api(`/v1/groups/${conversation.slice(6)}/log?after=0`, e.user)).status).toBe(404);
    const before = callsTo(e.user).length;
    await tell(a, conversation, "nobody calls who is gone");
    await untilAtRest(conversation, [a, b, c, d]);
    expect(callsTo(e.user)).toHaveLength(before);
  });

  test("R13 also when the group ends in the midst of it, and whoever owned it has an heir", async () => {
    const { conversation, a, b, c, d, e } = await group();
    breakCallsTo(conversation.slice(6), "after");
    await deleteAccount(a);
    await vi.waitFor(async () => {
      const log = await groupSql(conversation, "SELECT body FROM log WHERE user = ?", a.user);
      expect(JSON.stringify(log)).toContain("leave");
    }, WITHIN);
    await groupObject(conversation)
      .crash()
      .catch(() => undefined);
    breakCallsTo(conversation.slice(6), undefined);
    await untilGone(a.user);
    await fireGroupAlarm(conversation);
    await placeOf(b, conversation, ({ role }) => role === "owner");
    await untilAtRest(conversation, [b, c, d, e]);
    expect(await membersIn(conversation, b)).not.toContain(a.user);
  });

  test("R23 who is gone can't be brought back by who has known them", async () => {
    const { conversation, a, b, c, d, e } = await group();
    a.say(e.user, "hello");
    await e.texts(1);
    await deleteAccount(e);
    await untilGone(e.user);
    await untilLeft(conversation, a, e);
    const add = { kind: "members-add", users: [e.user] } as const;
    const back = { ...add, users: [...add.users] };
    expect(await refusalOf(a, conversation, back)).toBe("not-found");
    await untilAtRest(conversation, [a, b, c, d]);
  });

  test("R23 who is gone before the group hears of them leaves it at once", async () => {
    await freshPolicy({ ...hasty, recipients: "any" });
    const { conversation, a, b, c, d } = await group();
    const left = await deviceOf(newUser("left"));
    await deleteAccount(left);
    await untilGone(left.user);
    const { number } = await tell(a, conversation, { kind: "members-add", users: [left.user] });
    const leaves = () => groupSql(conversation, "SELECT number FROM log WHERE user = ?", left.user);
    await vi.waitFor(async () => expect(await leaves()).toHaveLength(1), WITHIN);
    expect(await membersIn(conversation, a)).not.toContain(left.user);
    await untilAtRest(conversation, [a, b, c, d]);
    if (mode === "copy") {
      const last = Number((await leaves())[0]?.["number"]);
      expect(await entryAt(b, conversation, last)).toMatchObject({ body: { kind: "leave" } });
      expect(last).toBeGreaterThan(number ?? 0);
    }
  });
});
