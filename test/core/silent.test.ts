import { expect, test } from "vitest";
import { TIMING } from "../../protocol/timing.ts";
import type { Effect } from "../../worker/user.ts";
import { LoneUser, NOW } from "./fixtures/lone-user.ts";

const MOMENT_MS = 1_000;
/** An alarm serves all of a second: NOW is a full one. */
const END = NOW + TIMING.helloMs + 1_000;

function looks(effects: readonly Effect[]): (number | null)[] {
  return effects.flatMap((effect) => (effect.kind === "look" ? [effect.afterMs] : []));
}

function closed(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) =>
    effect.kind === "close" ? [`${effect.session} ${effect.name}`] : [],
  );
}

test("R14 a socket whose device says hello at once costs no alarm", () => {
  const user = new LoneUser();
  expect(looks(user.open("device-1"))).toEqual([MOMENT_MS]);
  expect(looks(user.hello("device-1#1", 0))).toEqual([null]);
  expect(user.sql.alarmAt).toBeNull();
});

test("R14 one that stays silent costs one row, and is ended by it after ten seconds", () => {
  const user = new LoneUser();
  user.open("device-1");
  const before = user.sql.rowsWritten;
  expect(looks(user.look(NOW + MOMENT_MS))).toEqual([]);
  expect(user.sql.alarmAt).toBe(END);
  expect(user.sql.rowsWritten - before).toBe(1);
  expect(closed(user.alarm())).toEqual(["device-1#1 helloTimeout"]);
  expect(user.sql.alarmAt).toBeNull();
});

test("R14 a thousand that stay silent cost one row, as long as they came within a second", () => {
  const user = new LoneUser();
  for (let nth = 0; nth < 1_000; nth += 1) user.open(`device-${nth}`, NOW + (nth % 999));
  const before = user.sql.rowsWritten;
  user.look(NOW + 1_000 + MOMENT_MS);
  expect(user.sql.rowsWritten - before).toBe(1);
  expect(closed(user.alarm())).toHaveLength(1_000);
});

test("R14 one that comes while another is looked at gets its own look; one alarm ends both", () => {
  const user = new LoneUser();
  user.open("device-1");
  expect(looks(user.open("device-2", NOW + 500))).toEqual([]);
  expect(looks(user.look(NOW + MOMENT_MS))).toEqual([500]);
  const before = user.sql.rowsWritten;
  user.look(NOW + 500 + MOMENT_MS);
  expect(user.sql.rowsWritten).toBe(before);
  expect(closed(user.alarm())).toHaveLength(2);
  expect(user.sql.alarmAt).toBeNull();
});

test("R14 one that came in the next second has the next alarm", () => {
  const user = new LoneUser();
  user.open("device-1");
  user.open("device-2", NOW + 1_500);
  user.look(NOW + 1_500 + MOMENT_MS);
  expect(closed(user.alarm())).toEqual(["device-1#1 helloTimeout"]);
  expect(user.sql.alarmAt).toBe(END + 1_000);
  expect(closed(user.alarm())).toEqual(["device-2#2 helloTimeout"]);
});

test("R14 a look that comes early looks again", () => {
  const user = new LoneUser();
  user.open("device-1");
  expect(looks(user.look(NOW + MOMENT_MS - 1))).toEqual([1]);
});

test("R14 one that goes before its time needs no look", () => {
  const user = new LoneUser();
  user.open("device-1");
  expect(looks(user.close("device-1#1"))).toEqual([null]);
});

test("R14 hello after the alarm was set is in time, and the alarm finds nothing to do", () => {
  const user = new LoneUser();
  user.open("device-1");
  user.look(NOW + MOMENT_MS);
  user.hello("device-1#1", 0, NOW + 5_000);
  expect(closed(user.alarm())).toEqual([]);
  expect(user.sql.alarmAt).toBeNull();
});
