import { expect, test } from "vitest";
import { POISON_STRIKES } from "../../worker/core/poison.ts";
import type { Effect } from "../../worker/user.ts";
import { LoneUser } from "./fixtures/lone-user.ts";

/** Whatever calls have said of this user's marks, newest last. */
function marksIn(effects: readonly Effect[]) {
  return effects.flatMap((effect) =>
    effect.kind === "call" ? effect.call.conversations.map(({ marks }) => marks) : [],
  );
}

/** One who has three messages; the device refuses the second one, and is past it. */
function refusing() {
  const user = new LoneUser();
  user.connect("device-1", 0);
  for (const text of ["one", "poison", "three"]) user.receive({ kind: "text", text });
  user.say("device-1#1", { t: "ack", seq: 1 });
  user.reply(3);
  for (let nacks = 0; nacks < POISON_STRIKES; nacks++) {
    user.say("device-1#1", { t: "nack", seq: 2, reason: "no" });
  }
  const acked = user.say("device-1#1", { t: "ack", seq: 3 });
  return { user, acked };
}

test("R17 what a device refuses is not delivered by it, whatever it has beyond", () => {
  const { acked } = refusing();
  expect(marksIn(acked)).toEqual([{ delivered: 3, read: 0, except: [[2, 2]] }]);
});

test("R17 a crash forgets nothing of it", () => {
  const { user } = refusing();
  user.crash();
  const back = [...user.connect("device-1", 3), ...user.alarm()];
  expect(marksIn(back)).toContainEqual({ delivered: 3, read: 0, except: [[2, 2]] });
});

test("R17 another device that has it delivers it", () => {
  const { user } = refusing();
  user.reply(3);
  user.connect("device-2", 0);
  expect(marksIn(user.say("device-2#2", { t: "ack", seq: 1 }))).toEqual([]);
  expect(marksIn(user.say("device-2#2", { t: "ack", seq: 2 }))).toEqual([
    { delivered: 3, read: 0 },
  ]);
});

test("R17 tried again and taken, it is delivered", () => {
  const { user } = refusing();
  user.reply(3);
  const told = user.say("device-1#1", { t: "retry-entry", seq: 2 });
  expect(marksIn(told)).toEqual([{ delivered: 3, read: 0 }]);
});

test("R16 what was hidden from who keeps somebody out is never delivered, also afterwards", () => {
  const user = new LoneUser();
  user.connect("device-1", 0);
  const peer = user.me === "alice" ? "bob" : "alice";
  user.receive({ kind: "text", text: "seen" });
  user.say("device-1#1", { t: "ack", seq: 1 });
  user.reply(1);
  user.say("device-1#1", { t: "block", ref: "r1", user: peer, on: true });
  for (const text of ["hidden", "hidden too"]) user.receive({ kind: "text", text });
  user.say("device-1#1", { t: "block", ref: "r2", user: peer, on: false });
  user.receive({ kind: "text", text: "seen again" });
  const acked = user.say("device-1#1", { t: "ack", seq: 6 });
  expect(marksIn([...acked, ...user.reply(4)]).filter(Boolean)).toEqual([
    { delivered: 4, read: 0, except: [[2, 3]] },
  ]);
});
