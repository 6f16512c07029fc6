import { expect, test, vi } from "vitest";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { LoneUser, NOW, TALK } from "./fixtures/lone-user.ts";

const { handOffTtlMs } = DEFAULT_SETTINGS;
const LATER = NOW + handOffTtlMs + 1;

/** Somebody who wrote a message that the other side has, and whose object lost its memory since. */
function afterCrash(): LoneUser {
  const user = new LoneUser();
  user.connect("device-9", 0);
  const item = { conversation: TALK, counter: 1, prev: 0, body: { kind: "text", text: "one" } };
  user.say("device-9#1", { t: "submit", items: [item] });
  user.reply(1);
  user.crash();
  return user;
}

function failures(user: LoneUser): number {
  const rows = user.sql.all("SELECT body FROM timeline");
  return rows.filter(({ body }) => String(body).includes('"failed"')).length;
}

test("R10 after a crash, one failed call gives up nothing, however old it is", () => {
  const user = afterCrash();
  expect(user.alarm(LATER)).toMatchObject([{ kind: "call" }, { kind: "pong" }]);
  user.fail();
  user.alarm(LATER + 60_000);
  expect(failures(user)).toBe(0);
});

test("R10 what has failed for its whole time is given up, also when memory was lost in between", () => {
  const user = afterCrash();
  for (let at = LATER; at <= LATER + handOffTtlMs; at += 300_000) {
    user.alarm(at);
    user.fail();
    user.crash();
  }
  expect(failures(user)).toBe(0);
  user.alarm(LATER + handOffTtlMs + 300_000);
  expect(failures(user)).toBe(1);
});

test("R10 what nobody has tried for long has not failed for long", () => {
  const user = afterCrash();
  user.alarm(LATER);
  user.fail();
  user.alarm(LATER + handOffTtlMs);
  expect(failures(user)).toBe(0);
});

test("R10 any successful contact ends the count", () => {
  const user = afterCrash();
  user.alarm(LATER);
  user.fail();
  user.alarm(LATER + 60_000);
  user.reply(0);
  user.crash();
  user.alarm(LATER + handOffTtlMs + 60_000);
  expect(failures(user)).toBe(0);
});

test("R1 what can't be promised is asked about again as soon as that may be, not refused for ever", () => {
  const user = new LoneUser(null, "known");
  user.connect("device-9", 0);
  const item = { conversation: TALK, counter: 1, prev: 0, body: { kind: "text", text: "one" } };
  const submit = { t: "submit", items: [item] };
  expect(user.say("device-9#1", submit)).toContainEqual(expect.objectContaining({ kind: "call" }));
  user.fail();
  const [firstDelayMs = 0] = DEFAULT_SETTINGS.handOffDelaysMs;
  const again = user.say("device-9#1", submit, NOW + 2 * firstDelayMs);
  expect(again).toContainEqual(expect.objectContaining({ kind: "call" }));
});

test("R4 what waits behind a call that was forgotten is answered when that call fails", () => {
  const user = new LoneUser(null, "known");
  user.connect("device-9", 0);
  const body = { kind: "text", text: "one" };
  const submit = { t: "submit", items: [{ conversation: TALK, counter: 1, prev: 0, body }] };
  expect(user.say("device-9#1", submit)).toContainEqual(expect.objectContaining({ kind: "call" }));
  vi.spyOn(user.sql, "transact").mockImplementationOnce(() => {
    throw new Error("the storage is full");
  });
  expect(() => user.alarm(NOW)).toThrow();
  user.connect("device-9", 0);
  user.say("device-9#2", submit);
  const sent = user.fail().flatMap((effect) => (effect.kind === "send" ? [effect.text] : []));
  expect(sent.join()).toContain('"code":"busy"');
});
