import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { LoneUser, NOW } from "./fixtures/lone-user.ts";

/** A message for a conversation whose home is here: an answer is owed. */
function alarmAfterAppend(alarmAt: number | null): number | null {
  const user = new LoneUser(alarmAt);
  user.receive({ kind: "text", text: "hello" });
  return user.sql.alarmAt;
}

test("R13 what is owed sets the alarm, unless one comes before it", () => {
  expect(alarmAfterAppend(null)).toBe(NOW + DEFAULT_SETTINGS.safetyAlarmMs);
  expect(alarmAfterAppend(NOW + 1_000)).toBe(NOW + 1_000);
  expect(alarmAfterAppend(NOW - 1_000)).toBe(NOW - 1_000);
});

test("R13 an alarm that should have run a minute ago is taken for lost and set again", () => {
  expect(alarmAfterAppend(NOW - 61_000)).toBe(NOW + 1);
});

test("R13 while the way to the other object is held back, nothing wakes up before its time", () => {
  const user = new LoneUser();
  const { handOffDelaysMs, retry } = DEFAULT_SETTINGS;
  user.receive({ kind: "text", text: "hello" });
  user.alarm();
  for (const delayMs of handOffDelaysMs) {
    const failedAt = user.now;
    user.fail();
    // The safety alarm that was set with the call may still run once; then it is left alone.
    const isEarly = user.alarm().every(({ kind }) => kind !== "call");
    if (isEarly) expect(user.alarm().filter(({ kind }) => kind === "call")).toHaveLength(1);
    expect(user.now - failedAt).toBe(delayMs * (1 + retry.jitter / 2));
  }
});

test("L1 a call from an object that was out of reach ends the wait for it", () => {
  const user = new LoneUser();
  user.receive({ kind: "text", text: "hello" });
  user.alarm();
  user.fail();
  const effects = user.receive({ kind: "text", text: "I am back" }, "normal", 1);
  expect(effects.filter(({ kind }) => kind === "call")).toHaveLength(1);
});
