/** A group that grows large, and small again, as its object and a member's see it. */
import { expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import type { Membership } from "../../../protocol/groups.ts";
import type { Address, ConversationHandOff, HandOff } from "../../../protocol/hand-offs.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import { newConversation } from "../../../worker/core/conversation.ts";
import { payloadHash } from "../../../worker/core/hash.ts";
import { continues, copyReach, takePlace } from "../../../worker/core/membership.ts";
import { type GroupEffect, GroupEngine } from "../../../worker/group.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import type { CallOutcome } from "../../../worker/user/turn.ts";
import { NodeSql } from "../../support/node-sql.ts";

const GROUP = "AAAAAAAAAAAAAAAAAAAAAA";
const conversation = groupConversation(GROUP);
const NOW = 1_790_000_000_000;
const text = (said: string): Content => ({ kind: "text", text: said });

const callsIn = (effects: readonly GroupEffect[]) =>
  effects.flatMap((one) => (one.kind === "call" ? [one] : []));

/** Alice owns it. */
function group(groupCopyMembers: number) {
  const sql = new NodeSql();
  const host = { alarmAt: () => sql.alarmAt };
  const engine = new GroupEngine(new GroupStore(sql), host, GROUP);
  const settings = { ...DEFAULT_SETTINGS, groupCopyMembers };
  let now = NOW;
  let counter = 0;
  const moment = () => ({ now, random: () => 0.5, settings });
  const call = (user: string, one: Omit<ConversationHandOff, "conversation">): HandOff => ({
    from: `user:${user}`,
    conversations: [{ conversation, ...one }],
  });
  const lost = new Set<Address>();
  /** Whoever is called and not lost has a device there, and takes what is passed. */
  const answer = (from: Address) => {
    const word = { conversation, have: 0, membershipKept: 1_000, live: true };
    const outcome: CallOutcome = lost.has(from)
      ? { ok: false }
      : { ok: true, reply: { conversations: [word] } };
    const effects = engine.handle({ kind: "reply", from, outcome }, moment());
    const isPassed = ({ passing }: ConversationHandOff) => passing !== undefined;
    for (const one of callsIn(effects)) if (one.call.conversations.some(isPassed)) answer(one.to);
  };
  return {
    lost,
    pass: (ms: number) => {
      now += ms;
    },
    says: (content: Content) => {
      counter += 1;
      const origin = { user: "alice", device: "device-1", counter };
      const hash = payloadHash(content, "normal");
      const append = [{ origin, prev: counter - 1, priority: "normal" as const, hash, content }];
      const { effects } = engine.handOff(call("alice", { have: 0, append }), moment());
      for (const effect of effects) if (effect.kind === "call") answer(effect.to);
    },
    asks: (user: string, one: Omit<ConversationHandOff, "conversation">) =>
      engine.handOff(call(user, one), moment()).value.conversations[0],
    /** What is on its way to this user's object after its own word. */
    tellsAfter: (user: string, one: Omit<ConversationHandOff, "conversation">) => {
      const { effects } = engine.handOff(call(user, one), moment());
      return callsIn(effects).find(({ to }) => to === `user:${user}`)?.call.conversations[0];
    },
    /** What is on its way to this user's object after the alarm. */
    tells: (user: string) => {
      const effects = engine.handle({ kind: "alarm" }, moment());
      return callsIn(effects).find(({ to }) => to === `user:${user}`)?.call.conversations[0];
    },
  };
}

test("R24 what is over before it is passed on is passed as expired", () => {
  const { pass, says, asks, tells } = group(2);
  says({ kind: "group-create", title: "Fair", members: ["bob", "carl"] });
  asks("bob", { have: 2, membershipKept: 2, live: true });
  says({ kind: "ttl", seconds: 1 });
  says(text("over by then"));
  says({ kind: "edit", target: 4, text: "still over" });
  pass(1_100);
  expect(tells("bob")?.passing?.map(({ body }) => body.kind)).toEqual([...["expired", "withheld"]]);
});

test("R13 who was out of reach is passed what waited once their own word comes", () => {
  const { lost, pass, says, asks, tellsAfter } = group(0);
  says({ kind: "group-create", title: "Fair", members: ["bob"] });
  asks("bob", { have: 0, membershipKept: 2, live: true });
  lost.add("user:bob");
  pass(2_000);
  says(text("passed in vain"));
  const told = tellsAfter("bob", { have: 0, membershipKept: 2, live: true });
  expect(told?.passing?.at(-1)?.body).toEqual(text("passed in vain"));
});

test("R26 who was out of reach while it grew and shrank goes on where copies begin", () => {
  const { says, asks } = group(4);
  says({ kind: "group-create", title: "Fair", members: ["bob", "carl", "dora"] });
  says(text("copied"));
  const state = newConversation(conversation);
  const place = (one: Membership | undefined) => one && takePlace(state, one, NOW);
  place(asks("bob", { have: 0, membershipKept: 0 })?.membership);
  state.head = { seq: 2, number: 2 };
  // Large from the fourth on, copies again from the seventh; bob's object hears of neither.
  says({ kind: "members-add", users: ["eve"] });
  says(text("in the log alone"));
  says({ kind: "members-remove", users: ["dora", "eve"] });
  says({ kind: "group-change", title: "Small fair" });
  says(text("copied again"));
  const answer = asks("bob", { have: copyReach(state), membershipKept: 1 });
  expect(answer?.membership).toMatchObject({ version: 8, mode: "copy", copyFrom: 7 });
  place(answer?.membership);
  const [first] = answer?.entries ?? [];
  expect(first).toMatchObject({ number: 7, body: { kind: "group-mode", mode: "copy" } });
  expect(first !== undefined && continues(state, first)).toBe(true);
});

test("R26 who was out of reach when it grew large gets what is about them, each their own", () => {
  const { lost, says, asks } = group(3);
  says({ kind: "group-create", title: "Fair", members: ["bob", "carl"] });
  const origin = { user: "bob", device: "device-1", counter: 1 };
  const content = text("of bob");
  const hash = payloadHash(content, "normal");
  asks("bob", { have: 1, append: [{ origin, prev: 0, priority: "normal", hash, content }] });
  lost.add("user:bob").add("user:carl");
  says({ kind: "reaction", target: 2, emoji: "+1", on: true });
  says({ kind: "text", text: "to carl", mentions: ["carl"] });
  says(text("to nobody"));
  says({ kind: "text", text: "to all", everyone: true });
  says({ kind: "members-add", users: ["dora"] });
  const own = (user: string, have: number) =>
    asks(user, { have, membershipKept: 8 })?.entries?.map(({ number }) => number);
  expect(own("bob", 2)).toEqual([3, 6]);
  expect(own("carl", 1)).toEqual([4, 6]);
  // Who is brought in by that hears of it with the group's past.
  expect(own("dora", 0)).toBeUndefined();
});

test("R11 who comes back to the past is owed what was said of their own words meanwhile", () => {
  const { says, asks } = group(0);
  says({ kind: "group-create", title: "Fair", members: ["bob", "carl"] });
  says({ kind: "group-change", history: "start" });
  const origin = { user: "bob", device: "device-1", counter: 1 };
  const content = text("of bob");
  const hash = payloadHash(content, "normal");
  const place = { have: 4, membershipKept: 3 };
  asks("bob", { ...place, append: [{ origin, prev: 0, priority: "normal", hash, content }] });
  says({ kind: "members-remove", users: ["bob"] });
  says({ kind: "reaction", target: 4, emoji: "+1", on: true });
  says(text("of nobody"));
  says({ kind: "members-add", users: ["bob"] });
  const answer = asks("bob", place);
  expect(answer?.membership).toMatchObject({ state: "member", from: 1 });
  expect(answer?.entries?.map(({ number }) => number)).toContain(6);
});
