import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import type { Effect } from "../../worker/user.ts";
import { LoneUser, NOW, TALK } from "./fixtures/lone-user.ts";

/** What the calls among `effects` carry for the conversation. */
function called(effects: readonly Effect[]) {
  return effects.flatMap((effect) => (effect.kind === "call" ? effect.call.conversations : []));
}

test("R9 what a device had handled before it is told to reset is delivered: its acks may be lost", () => {
  const user = new LoneUser();
  for (const text of ["one", "two", "three"]) user.receive({ kind: "text", text });
  const late = NOW + DEFAULT_SETTINGS.retentionMs + 1;
  const calls = called(user.connect("device-9", 2, late));
  expect(calls).toMatchObject([{ conversation: TALK, marks: { delivered: 2, read: 0 } }]);
});

test("R9 a cursor that no feed can have given delivers nothing", () => {
  const user = new LoneUser();
  user.receive({ kind: "text", text: "one" });
  expect(called(user.connect("device-9", 2))).toEqual([]);
});

test("R13 an answer that says what another call has said already holds nothing back", () => {
  const user = new LoneUser();
  user.connect("device-9", 0);
  const body = { kind: "text", text: "one" };
  const item = { conversation: TALK, counter: 1, prev: 0, body };
  const first = called(user.say("device-9#1", { t: "submit", items: [item] }));
  expect(first).toMatchObject([{ replicate: [{ number: 1 }] }]);
  // The other side has it, writes number 2, and says so before its answer is here.
  user.receive({ kind: "text", text: "two" }, "normal", 1);
  expect(called(user.reply(1))).toMatchObject([{ replicate: [{ number: 2 }] }]);
});

test("R9 the mark of an old message that a device fetches after weeks is told until it is kept", () => {
  const user = new LoneUser();
  user.receive({ kind: "text", text: "hello" });
  user.alarm();
  user.reply(1);
  const later = NOW + 2 * DEFAULT_SETTINGS.handOffTtlMs;
  user.connect("device-1", 0, later);
  const acked = user.say("device-1#1", { t: "ack", seq: 1 }, later);
  expect(called(acked)).toHaveLength(1);
  user.fail();
  const again = [...user.alarm(), ...user.alarm()];
  expect(called(again)).toHaveLength(1);
});
