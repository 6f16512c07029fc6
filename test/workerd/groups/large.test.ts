/** Large groups: one log for all, passed through to whose device is there. */
import { beforeAll, describe, expect, test } from "vitest";
import type { HandOff } from "../../../protocol/hand-offs.ts";
import type { LoggedEntry } from "../../../protocol/large-groups.ts";
import { LIMITS } from "../../../protocol/limits.ts";
import type { LogPage, ReceiptsPage } from "../../../worker/group-requests.ts";
import { breakCallsTo, callsTo, holdRepliesOf } from "../faults.ts";
import { deviceOf, fireAlarm, objectOf } from "../objects.ts";
import { api, freshPolicy, newUser, RawDevice } from "../support.ts";
import {
  entriesIn,
  entryAt,
  fireGroupAlarm,
  groupObject,
  groupSql,
  newGroup,
  placeOf,
  tell,
  textsIn,
} from "./support.ts";

const COPY_MEMBERS = 4;

beforeAll(() => freshPolicy({ groupCopyMembers: COPY_MEMBERS }));

async function largeGroup() {
  const { conversation, devices } = await newGroup(COPY_MEMBERS + 1);
  await Promise.all(
    devices.map((one) => placeOf(one, conversation, ({ mode }) => mode === "large")),
  );
  const [a, b, c, d, e] = devices as [RawDevice, RawDevice, RawDevice, RawDevice, RawDevice];
  await Promise.all(devices.map((one) => one.next("head")));
  return { conversation, a, b, c, d, e, devices };
}

function logOf(device: RawDevice, conversation: string): LoggedEntry[] {
  return device.frames.flatMap((frame) =>
    frame.t === "log" && frame.conversation === conversation ? frame.entries : [],
  );
}

function passed(device: RawDevice, conversation: string, number: number): Promise<LoggedEntry> {
  return device.until(() => logOf(device, conversation).find((one) => one.number === number));
}

/** The call that passed this entry through to a user's object. */
function callThatPassed(user: string, number: number): HandOff {
  const late = callsTo(user).find(({ conversations }) =>
    conversations.some(({ passing }) => passing?.some((one) => one.number === number)),
  );
  if (late === undefined) throw new Error("it was passed by a call");
  return late;
}

async function pageOf(device: RawDevice, conversation: string, after: number) {
  const path = `/v1/groups/${conversation.slice(6)}/log?after=${after}`;
  const response = await api(path, device.user);
  return { status: response.status, page: (await response.json()) as LogPage };
}

const isOfNow = ({ body }: LoggedEntry) => body.kind === "text" && body.text === "of now";

describe("a large group", () => {
  test("R26 a message passes through to whose device is there, and is a row of its author alone", async () => {
    const { conversation, a, b, c, devices } = await largeGroup();
    const { number = 0 } = await tell(a, conversation, "to all of you");
    expect(number).toBe(3);
    const entry = { number, id: `${a.user}:${a.device}:2`, body: { text: "to all of you" } };
    for (const device of devices)
      expect(await passed(device, conversation, 3)).toMatchObject(entry);
    await b.settle();
    expect(entriesIn(b, conversation).map(({ body }) => body.kind)).not.toContain("text");
    expect(await textsIn(a, conversation, 1)).toEqual(["to all of you"]);
    // Whoever comes later finds it in the log.
    const { page } = await pageOf(c, conversation, 0);
    expect(page.head).toBe(3);
    expect(page.entries.map(({ body }) => body.kind)).toEqual([
      "group-create",
      "group-mode",
      "text",
    ]);
    expect((await pageOf(c, conversation, 2)).page.entries).toMatchObject([entry]);
  });

  test("R7 who comes is told the head and what is unread, and is passed what follows", async () => {
    const { conversation, a, b, e } = await largeGroup();
    e.close();
    await e.untilClosed();
    for (const text of ["one", "two"]) await tell(a, conversation, text);
    await passed(b, conversation, 4);
    e.frames.length = 0;
    await e.connect();
    const head = { t: "head", conversation, number: 4, unread: 2, read: 1 };
    expect(await e.next("head")).toEqual(head);
    await tell(a, conversation, "three");
    expect(await passed(e, conversation, 5)).toMatchObject({ body: { text: "three" } });
  });

  test("R26 an answer of before that nobody is there does not end what passes to who has come", async () => {
    const { conversation, a, e } = await largeGroup();
    e.close();
    await e.untilClosed();
    const release = holdRepliesOf(e.user);
    const before = callsTo(e.user).length;
    await tell(a, conversation, "one");
    await expect.poll(() => callsTo(e.user).length).toBeGreaterThan(before);
    const back = await deviceOf(e.user);
    await back.next("head");
    await release();
    await tell(a, conversation, "two");
    expect(await passed(back, conversation, 4)).toMatchObject({ body: { text: "two" } });
  });

  test("R26 who is away costs nothing: no row, and no call but the one that found it out", async () => {
    const { conversation, a, b, e } = await largeGroup();
    e.close();
    await e.untilClosed();
    await tell(a, conversation, "one");
    await passed(b, conversation, 3);
    const live = await groupSql(conversation, "SELECT user FROM live");
    expect(live.map(({ user }) => user)).not.toContain(e.user);
    expect(live).toHaveLength(COPY_MEMBERS);
  });

  test("R9 what devices say they have comes back with the next answer", async () => {
    const { conversation, a, b, c } = await largeGroup();
    await tell(a, conversation, "one");
    for (const device of [b, c]) {
      await passed(device, conversation, 3);
      device.send({ t: "have", conversation, number: 3 });
      await device.settle();
    }
    await tell(a, conversation, "two");
    await passed(b, conversation, 4);
    const path = `/v1/groups/${conversation.slice(6)}/receipts?number=3`;
    const receipts = (await (await api(path, a.user)).json()) as ReceiptsPage;
    expect(receipts).toMatchObject({ of: COPY_MEMBERS, delivered: 2, read: 0 });
  });

  test("R11 a call that comes late, however late, brings no words that are recalled by then", async () => {
    const { conversation, a, b, c } = await largeGroup();
    const canary = "to forget";
    await tell(a, conversation, { kind: "text", text: canary, mentions: [b.user] });
    const target = 3;
    await passed(b, conversation, target);
    const late = callThatPassed(b.user, target);
    // More than one call carries.
    for (let said = 0; said < LIMITS.handOffEntries; said++) await tell(c, conversation, "busy");
    await tell(a, conversation, { kind: "recall", target });
    const recalled = () => entriesIn(b, conversation).map(({ body }) => body.kind);
    await expect.poll(recalled).toContain("recall");
    b.frames.length = 0;
    await objectOf(b.user).handOff(late);
    await b.settle();
    expect(JSON.stringify(b.frames)).not.toContain(canary);
  });

  test("R15 a call of an earlier stay that comes late brings nothing from before this one", async () => {
    const { conversation, a, e } = await largeGroup();
    await tell(a, conversation, "of before");
    await passed(e, conversation, 3);
    const late = callThatPassed(e.user, 3);
    await tell(a, conversation, { kind: "members-remove", users: [e.user] });
    await placeOf(e, conversation, ({ state }) => state === "removed");
    await tell(a, conversation, { kind: "members-add", users: [e.user] });
    await placeOf(e, conversation, ({ state, from }) => state === "member" && from > 3);
    await tell(a, conversation, "of now");
    const { number } = await e.until(() => logOf(e, conversation).findLast(isOfNow));
    e.frames.length = 0;
    await objectOf(e.user).handOff(late);
    await e.settle();
    expect(logOf(e, conversation)).toEqual([]);
    expect(number).toBeGreaterThan(3);
  });

  test("R7 who is brought back before they heard that they had gone is passed what they lack", async () => {
    const { conversation, a, e } = await largeGroup();
    breakCallsTo(e.user, "before");
    await tell(a, conversation, { kind: "members-remove", users: [e.user] });
    await tell(a, conversation, { kind: "members-add", users: [e.user] });
    breakCallsTo(e.user, undefined);
    await placeOf(e, conversation, ({ version }) => version === 4);
    expect(await passed(e, conversation, 4)).toMatchObject({ body: { kind: "members-add" } });
  });

  test("R11 who is meant has a row, and loses it when it is recalled", async () => {
    const { conversation, a, b, c } = await largeGroup();
    const canary = "only for a while";
    const body = { kind: "text", text: canary, mentions: [b.user] } as const;
    const { number = 0 } = await tell(a, conversation, { ...body, mentions: [...body.mentions] });
    const target = number ?? 0;
    expect(await entryAt(b, conversation, target)).toMatchObject({ body });
    await passed(c, conversation, target);
    expect(entriesIn(c, conversation).map(({ body: { kind } }) => kind)).not.toContain("text");
    await tell(a, conversation, { kind: "recall", target });
    await entryAt(b, conversation, target + 1);
    for (const device of [a, b, c]) {
      device.received.length = 0;
      device.send({ t: "sync", cursor: 0 });
      await device.settle();
      expect(device.received.join()).not.toContain(canary);
    }
    const { page } = await pageOf(c, conversation, 0);
    expect(JSON.stringify(page)).not.toContain(canary);
    expect(page.entries[target - 1]?.body).toEqual({ kind: "recalled", by: a.user });
  });

  test.each([
    ["", {}],
    [", also where cursors were written meanwhile", { flushEntries: 1 }],
  ])("R13 what was numbered before a crash is passed on after it%s", async (_, policy) => {
    await freshPolicy({ groupCopyMembers: COPY_MEMBERS, ...policy });
    const { conversation, a, b } = await largeGroup();
    await tell(a, conversation, "one");
    await passed(b, conversation, 3);
    // Within the second, so it waits for the alarm.
    await tell(a, conversation, "two");
    await groupObject(conversation)
      .crash()
      .catch(() => undefined);
    expect(await fireGroupAlarm(conversation)).toBe(true);
    expect(await passed(b, conversation, 4)).toMatchObject({ body: { text: "two" } });
    await freshPolicy({ groupCopyMembers: COPY_MEMBERS });
  });

  test("R15 nothing numbered after a removal passes, and the log is closed", async () => {
    const { conversation, a, b, e } = await largeGroup();
    await tell(a, conversation, { kind: "members-remove", users: [e.user] });
    await placeOf(e, conversation, ({ state }) => state === "removed");
    e.received.length = 0;
    await tell(a, conversation, "behind closed doors");
    // Four are few enough to keep copies, but not so few that the group goes back to them.
    await passed(b, conversation, 4);
    await e.settle();
    expect(e.received.join()).not.toContain("behind closed doors");
    expect((await pageOf(e, conversation, 0)).status).toBe(404);
    e.send({ t: "have", conversation, number: 4 });
    expect(await e.next("error")).toMatchObject({ of: "have", error: { code: "not-found" } });
  });
});

describe("a switch", () => {
  test("R11 what copies hold from before is taken back and edited there as well", async () => {
    const { conversation, devices } = await newGroup(COPY_MEMBERS);
    const [a, b] = devices as [RawDevice, RawDevice];
    const canary = "copied before the switch";
    const { number: target } = await tell(a, conversation, canary);
    const { number: edited } = await tell(a, conversation, "to be edited");
    await entryAt(b, conversation, edited ?? 0);
    const users = [newUser("fifth")];
    await deviceOf(users[0] ?? "");
    await tell(a, conversation, { kind: "members-add", users });
    await placeOf(b, conversation, ({ mode }) => mode === "large");
    await tell(a, conversation, { kind: "edit", target: edited ?? 0, text: "edited" });
    const { number: recall } = await tell(a, conversation, { kind: "recall", target: target ?? 0 });
    await entryAt(b, conversation, recall ?? 0);
    const fresh = new RawDevice(b.user);
    await fresh.connect({ cursor: 0 });
    await entryAt(fresh, conversation, recall ?? 0);
    expect(await entryAt(fresh, conversation, edited ?? 0)).toMatchObject({
      body: { text: "edited" },
    });
    expect(fresh.received.join()).not.toContain(canary);
  });

  test("R26 back to copies: numbers go on, copies restart there, the rest is in the log", async () => {
    const { conversation, a, b, c, d, e } = await largeGroup();
    await tell(a, conversation, "in the log");
    await passed(b, conversation, 3);
    await tell(a, conversation, { kind: "members-remove", users: [d.user, e.user] });
    const place = await placeOf(b, conversation, ({ mode }) => mode === "copy");
    expect(place.version).toBe(5);
    for (const text of ["copied", "too"]) await tell(c, conversation, text);
    for (const device of [a, b, c]) {
      await entryAt(device, conversation, 7);
      const own = device === a ? [3, 4] : [];
      const numbers = entriesIn(device, conversation).flatMap(({ number }) => number ?? []);
      expect(numbers.filter((number) => number > 2)).toEqual([...own, 5, 6, 7]);
    }
    // What lies between is still there to be fetched.
    expect((await pageOf(b, conversation, 2)).page.entries[0]).toMatchObject({
      number: 3,
      body: { text: "in the log" },
    });
    for (const { user } of [a, b, c]) await fireAlarm(user);
    expect(await fireGroupAlarm(conversation)).toBe(true);
  });
});
