import { beforeAll, describe, expect, test } from "vitest";
import { directConversation } from "../../protocol/ids.ts";
import type { OpenHandOff } from "../../worker/requests.ts";
import { breakCallsTo, type CallFault, callsTo } from "./faults.ts";
import {
  ageTrouble,
  alarmOf,
  crash,
  deviceOf,
  evict,
  fireAlarm,
  forgetTrouble,
  pairAtHome,
  rowCount,
  sqlOf,
} from "./objects.ts";
import { api, type RawDevice, setPolicy } from "./support.ts";

const TTL_MS = 60_000;
const SAFETY_MS = 60_000;

beforeAll(() =>
  setPolicy({
    recipients: "any",
    connectsPerMinute: 1_000,
    // No alarm fires by itself within a test: each is run by the test.
    handOffDelaysMs: [3_600_000],
    safetyAlarmMs: SAFETY_MS,
    handOffTtlMs: TTL_MS,
  }),
);

/** A sender whose home is the other side. */
async function memberAndHome() {
  const [home, member] = pairAtHome();
  const a = await deviceOf(member);
  return { a, member, home, conversation: directConversation(home, member) };
}

/** The alarm runs as if its time had come: nothing is held back any more. */
async function letAlarmRun(user: string): Promise<void> {
  await forgetTrouble(user);
  expect(await fireAlarm(user)).toBe(true);
}

function bodies(device: RawDevice, kind: string) {
  return device.entries.filter(({ body }) => body.kind === kind);
}

describe.each(["before", "after"] as const)("a call that fails %s its commit", (fault) => {
  test("R1 a message to an unreachable home is promised without a number, then gets one", async () => {
    const { a, member, home } = await memberAndHome();
    breakCallsTo(home, fault);
    const counter = a.say(home, "hold fast");
    expect(await a.result(counter)).toMatchObject({ number: null });
    expect(await rowCount(member, "pending")).toBe(1);

    breakCallsTo(home, undefined);
    await letAlarmRun(member);
    expect(await a.texts(1)).toEqual(["hold fast"]);
    expect(a.entries[0]?.number).toBe(1);
    expect(await rowCount(member, "pending")).toBe(0);
    const b = await deviceOf(home);
    expect(await b.texts(1)).toEqual(["hold fast"]);
    await b.settle();
    expect(b.entries).toHaveLength(1);
  });

  test("R2 a promise is kept once, however often it is asked for and whatever is forgotten", async () => {
    const { a, member, home, conversation } = await memberAndHome();
    const item = { conversation, counter: 1, prev: 0, body: { kind: "text", text: "hi" } } as const;
    breakCallsTo(home, fault);
    const promise = await a.submit(item);
    expect(promise).toMatchObject({ number: null });
    expect(await a.submit(item)).toEqual(promise);
    await evict(member);
    expect(await a.submit(item)).toEqual(promise);
    await crash();
    await a.untilClosed();
    await a.connect();
    expect(await a.submit(item)).toEqual(promise);
    const other = await a.submit({ ...item, body: { kind: "text", text: "ho" } });
    expect(other.error).toEqual({ code: "conflict" });
    expect(await rowCount(member, "pending")).toBe(1);

    breakCallsTo(home, undefined);
    await letAlarmRun(member);
    await a.texts(1);
    expect(await a.submit(item)).toMatchObject({ number: 1 });
    await a.settle();
    expect(bodies(a, "text")).toHaveLength(1);
    expect(await rowCount(home)).toBe(1);
  });

  test("R2 a promise is not repeated once a later counter was accepted elsewhere", async () => {
    const { a, member, home, conversation } = await memberAndHome();
    const item = { conversation, counter: 1, prev: 0, body: { kind: "text", text: "hi" } } as const;
    breakCallsTo(home, fault);
    const promise = await a.submit(item);
    a.counter = 1;
    expect(await a.result(a.say(member, "a note"))).toMatchObject({ number: 1 });
    expect(await a.submit(item)).toEqual(promise);
    expect(await rowCount(member, "pending")).toBe(1);
    breakCallsTo(home, undefined);
  });

  test("R4 promised messages keep their order and come before later ones", async () => {
    const { a, member, home } = await memberAndHome();
    breakCallsTo(home, fault);
    for (const text of ["one", "two", "three"]) await a.result(a.say(home, text));
    breakCallsTo(home, undefined);
    // Behind a promise there is only promising, although the home could be reached again.
    expect(await a.result(a.say(home, "four"))).toMatchObject({ number: null });
    await letAlarmRun(member);
    expect(await a.texts(4)).toEqual(["one", "two", "three", "four"]);
    expect(a.entries.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  test("R13 what the home numbered reaches the other side by the alarm", async () => {
    const [home, member] = pairAtHome();
    const a = await deviceOf(home);
    const b = await deviceOf(member);
    breakCallsTo(member, fault);
    expect(await a.result(a.say(member, "one"))).toMatchObject({ number: 1 });
    expect(await a.result(a.say(member, "two"))).toMatchObject({ number: 2 });
    breakCallsTo(member, undefined);
    expect(await alarmOf(home)).not.toBeNull();
    await letAlarmRun(home);
    expect(await b.texts(2)).toEqual(["one", "two"]);
  });

  test("R13 the same after a crash in between", async () => {
    const [home, member] = pairAtHome();
    const a = await deviceOf(home);
    breakCallsTo(member, fault);
    expect(await a.result(a.say(member, "one"))).toMatchObject({ number: 1 });
    await crash();
    breakCallsTo(member, undefined);
    expect(await fireAlarm(home)).toBe(true);
    const b = await deviceOf(member);
    expect(await b.texts(1)).toEqual(["one"]);
  });
});

test("R13 a reply lost by the member is repaired by the home, though nobody asks again", async () => {
  const { a, home } = await memberAndHome();
  const b = await deviceOf(home);
  breakCallsTo(home, "after");
  await a.result(a.say(home, "numbered, but nobody here knows"));
  await b.texts(1);
  expect(a.entries).toHaveLength(0);
  // The sender's object never asks again: the home's alarm alone must do, and soon.
  const inMs = ((await alarmOf(home)) ?? Number.POSITIVE_INFINITY) - Date.now();
  expect(inMs).toBeLessThan(2 * SAFETY_MS);
  expect(await fireAlarm(home)).toBe(true);
  expect(await a.texts(1)).toEqual(["numbered, but nobody here knows"]);
  breakCallsTo(home, undefined);
});

test("R10 one call at a time, and a failing object is left alone until its delay is over", async () => {
  const { a, home } = await memberAndHome();
  breakCallsTo(home, "before");
  for (const text of ["one", "two", "three"]) await a.result(a.say(home, text));
  const before = callsTo(home).length;
  expect(await fireAlarm(a.user)).toBe(true);
  await a.settle();
  expect(callsTo(home)).toHaveLength(before);
  expect(await alarmOf(a.user)).not.toBeNull();
  breakCallsTo(home, undefined);
});

test("R1 a promise that the home refuses becomes a failed entry on all devices, body included", async () => {
  const { a, member, home, conversation } = await memberAndHome();
  const second = await deviceOf(member);
  breakCallsTo(home, "before");
  const body = { kind: "edit", target: 5, text: "no such message" } as const;
  const edit = { conversation, counter: 1, prev: 0, body };
  expect(await a.submit(edit)).toMatchObject({ number: null });
  const behind = { conversation, counter: 2, prev: 1, body: { kind: "text", text: "ok" } } as const;
  expect(await a.submit(behind)).toMatchObject({ number: null });
  breakCallsTo(home, undefined);
  await letAlarmRun(member);
  for (const device of [a, second]) {
    expect(await device.texts(1)).toEqual(["ok"]);
    const failed = await device.until(() => bodies(device, "failed")[0]);
    expect(failed).toMatchObject({
      id: `${member}:${a.device}:1`,
      body: { kind: "failed", code: "not-found", content: body },
    });
    expect(bodies(device, "failed")).toHaveLength(1);
  }
  expect(await rowCount(member, "pending")).toBe(0);
});

test("R2 an id that failed and was accepted later can't be used in another conversation", async () => {
  const { a, member, home, conversation } = await memberAndHome();
  breakCallsTo(home, "before");
  const failing = {
    conversation,
    counter: 1,
    prev: 0,
    body: { kind: "recall", target: 5 },
  } as const;
  expect(await a.submit(failing)).toMatchObject({ number: null });
  breakCallsTo(home, undefined);
  await letAlarmRun(member);
  await a.until(() => bodies(a, "failed")[0]);
  const text = { ...failing, body: { kind: "text", text: "instead" } } as const;
  expect(await a.submit(text)).toMatchObject({ number: 1 });
  const elsewhere = { ...text, conversation: directConversation(member, member) };
  expect((await a.submit(elsewhere)).error).toEqual({ code: "conflict" });
});

test("R10 a promise that can't be kept within its time fails, visibly", async () => {
  const { a, member, home } = await memberAndHome();
  breakCallsTo(home, "before");
  await a.result(a.say(home, "too late"));
  await sqlOf(member, "UPDATE pending SET since = since - ?", TTL_MS + 1);
  await letAlarmRun(member);
  const failed = await a.until(() => bodies(a, "failed")[0]);
  expect(failed.body).toMatchObject({ code: "expired", content: { text: "too late" } });
  breakCallsTo(home, undefined);
});

describe("R10 what the other side never takes", () => {
  async function handOffs(user: string): Promise<readonly OpenHandOff[]> {
    const answer = await api(`/v1/users/${user}/hand-offs`, "root", {}, "operator");
    return ((await answer.json()) as { handOffs: OpenHandOff[] }).handOffs;
  }

  function replay(user: string, id: string): Promise<Response> {
    const path = `/v1/users/${user}/hand-offs/${id}/replay`;
    return api(path, "root", { method: "POST" }, "operator");
  }

  /** The home has numbered a message that the other object can't be told for longer than its time. */
  async function givenUp() {
    const [home, member] = pairAtHome();
    const a = await deviceOf(home);
    breakCallsTo(member, "before");
    expect(await a.result(a.say(member, "canary-4711"))).toMatchObject({ number: 1 });
    await sqlOf(home, "UPDATE timeline SET kept_at = kept_at - ?", TTL_MS + 1);
    await a.settle();
    await ageTrouble(home, TTL_MS + 1);
    await fireAlarm(home);
    await a.settle();
    await fireAlarm(home);
    const failed = await a.until(() => bodies(a, "failed")[0]);
    breakCallsTo(member, undefined);
    return { a, home, member, failed };
  }

  test("R10 is given up after its time, visibly, and then left alone", async () => {
    const { a, home, failed } = await givenUp();
    expect(failed.body).toMatchObject({ code: "expired", number: 1 });
    await a.settle();
    await fireAlarm(home);
    expect(await alarmOf(home)).toBeNull();
  });

  test("R10 still comes before the next message, once there is one", async () => {
    const { a, home, member } = await givenUp();
    await a.result(a.say(member, "next"));
    await a.settle();
    await letAlarmRun(home);
    const b = await deviceOf(member);
    expect(await b.texts(2)).toEqual(["canary-4711", "next"]);
    expect(bodies(a, "failed")).toHaveLength(1);
  });

  test("R10 arrives once when an operator has it offered again", async () => {
    const { a, home, member, failed } = await givenUp();
    const id = failed.id ?? "";
    expect(await handOffs(home)).toMatchObject([{ id, failed: "expired", replayable: true }]);
    expect((await replay(home, id)).status).toBe(200);
    await a.settle();
    await letAlarmRun(home);
    const b = await deviceOf(member);
    expect(await b.texts(1)).toEqual(["canary-4711"]);
    await expect.poll(() => handOffs(home)).toMatchObject([{ id, replayable: false }]);
    expect((await replay(home, id)).status).toBe(404);
    await b.settle();
    expect(b.entries.filter(({ body }) => body.kind === "text")).toHaveLength(1);
    expect(bodies(a, "failed")).toHaveLength(1);
  });

  test("R10 an offer that fails again is tried like any other call, and told as failed only once", async () => {
    const { a, home, member, failed } = await givenUp();
    breakCallsTo(member, "before");
    expect((await replay(home, failed.id ?? "")).status).toBe(200);
    await a.settle();
    await letAlarmRun(home);
    expect(await alarmOf(home)).not.toBeNull();
    expect(bodies(a, "failed")).toHaveLength(1);
    breakCallsTo(member, undefined);
    await letAlarmRun(home);
    expect(await (await deviceOf(member)).texts(1)).toEqual(["canary-4711"]);
  });

  test("R11 its failure carries no content once it is recalled", async () => {
    const { a, member } = await givenUp();
    const recall = { kind: "recall", target: 1 } as const;
    expect(await a.result(a.say(member, recall))).toMatchObject({ number: 2 });
    await a.settle();
    a.received.length = 0;
    a.send({ t: "sync", cursor: 0 });
    await a.settle();
    const late = await deviceOf(a.user);
    await late.settle();
    expect(late.entries.length).toBeGreaterThan(2);
    expect([...a.received, ...late.received].join()).not.toContain("canary-4711");
  });
});

test("R14 what does not continue the order can't be promised: the sender is told to wait", async () => {
  const { a, home, conversation } = await memberAndHome();
  breakCallsTo(home, "before");
  const body = { kind: "text", text: "after a gap" } as const;
  const answer = await a.submit({ conversation, counter: 9, prev: 8, body });
  expect(answer.error).toEqual({ code: "busy", retryAfterMs: 3_600_000 });
  breakCallsTo(home, undefined);
});

test("R13 an object that owes nothing has no alarm, and one that runs anyway changes nothing", async () => {
  const [home, member] = pairAtHome();
  const [a, b] = [await deviceOf(home), await deviceOf(member)];
  await a.result(a.say(member, "hello"));
  await b.texts(1);
  await a.until(() => bodies(a, "receipt")[0]);
  for (const device of [a, b]) {
    await device.settle();
    const rows = await rowCount(device.user);
    for (let i = 0; i < 3; i++) await fireAlarm(device.user);
    await device.settle();
    expect(await rowCount(device.user)).toBe(rows);
    expect(await alarmOf(device.user)).toBeNull();
  }
});

test.each<[string, CallFault]>([
  ["a failed call", "before"],
  ["a lost reply", "after"],
])("R3 both copies are equal number by number after %s on both sides", async (_, fault) => {
  const [home, member] = pairAtHome();
  const [a, b] = [await deviceOf(home), await deviceOf(member)];
  for (const round of [1, 2]) {
    breakCallsTo(home, fault);
    breakCallsTo(member, fault);
    for (const i of [1, 2, 3]) {
      await a.result(a.say(member, `home ${round}.${i}`));
      await b.result(b.say(home, `member ${round}.${i}`));
    }
    breakCallsTo(home, undefined);
    breakCallsTo(member, undefined);
    await letAlarmRun(home);
    await letAlarmRun(member);
    expect(new Set(await a.texts(6 * round))).toEqual(new Set(await b.texts(6 * round)));
  }
  const log = (user: string) =>
    sqlOf(
      user,
      "SELECT number, user, counter, body FROM timeline WHERE number > 0 ORDER BY number",
    );
  expect(await log(home)).toEqual(await log(member));
  expect((await log(home)).map(({ number }) => number)).toEqual(
    Array.from({ length: 12 }, (__, i) => i + 1),
  );
});
