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
