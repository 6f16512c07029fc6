/** One's own words in a large group are rows of one's own object, whatever becomes of the answer. */
import { expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import type { HandOff } from "../../../protocol/hand-offs.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import { payloadHash } from "../../../worker/core/hash.ts";
import { GroupEngine } from "../../../worker/group.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import { NodeSql } from "../../support/node-sql.ts";

const GROUP = "AAAAAAAAAAAAAAAAAAAAAA";
const conversation = groupConversation(GROUP);
const MOMENT = {
  now: 1_790_000_000_000,
  random: () => 0.5,
  settings: { ...DEFAULT_SETTINGS, groupCopyMembers: 4 },
};
/** They make the group large. */
const OTHERS = ["carl", "dora", "eve"];

const text = (said: string): Content => ({ kind: "text", text: said });

/** Alice owns it; bob is there and has two devices. Four members have copies, five have none. */
function group(members: string[] = ["bob", ...OTHERS]) {
  const sql = new NodeSql();
  const host = { alarmAt: () => sql.alarmAt };
  let engine = new GroupEngine(new GroupStore(sql), host, GROUP);
  let kept = 2;
  const says = (from: string, have: number, counter: number, content: Content) => {
    const [user = "", device = ""] = from.split(" on ");
    const hash = payloadHash(content, "normal");
    const origin = { user, device, counter };
    const append = [{ origin, prev: counter - 1, priority: "normal" as const, hash, content }];
    const one = { conversation, have, append, membershipKept: kept, live: true };
    const { value, effects } = engine.handOff(
      { from: `user:${user}`, conversations: [one] },
      MOMENT,
    );
    const [answer] = value.conversations;
    return { brought: answer?.entries?.map(({ number }) => number), calls: replicated(effects) };
  };
  says("alice on phone", 0, 1, { kind: "group-create", title: "Fair", members });
  return {
    says,
    /** Bob's object knows his place as it was told by this entry. */
    bobKnows: (version: number) => {
      kept = version;
    },
    /** Memory is gone. */
    wake: () => {
      engine = new GroupEngine(new GroupStore(sql), host, GROUP);
    },
    alarm: () => replicated(engine.handle({ kind: "alarm" }, MOMENT)),
    /** Bob's object says how far it is, in answer to a call. */
    bobHas: (have: number) => {
      const word = { conversation, have, membershipKept: kept, live: true };
      const outcome = { ok: true, reply: { conversations: [word] } } as const;
      return replicated(engine.handle({ kind: "reply", from: "user:bob", outcome }, MOMENT));
    },
  };
}

type Effects = ReturnType<GroupEngine["handle"]>;

/** What goes to bob's object as rows of its own, call by call. */
function replicated(effects: Effects): (number[] | undefined)[] {
  const toBob = ({ conversations: [one] }: HandOff) => one?.replicate?.map(({ number }) => number);
  return effects.flatMap((one) =>
    one.kind === "call" && one.to === "user:bob" ? [toBob(one.call)] : [],
  );
}

test("R1 R26 what the answer did not bring comes before what another device says later", () => {
  const { says, bobHas } = group();
  expect(says("bob on phone", 0, 1, text("one")).brought).toEqual([3]);
  // Called before the answer came, which then was lost with all that his object had in memory.
  bobHas(0);
  expect(says("bob on tablet", 0, 1, text("two")).brought).toEqual([3, 4]);
});

test("R1 R26 what the answer did not bring comes before one's leaving, also after a crash", () => {
  const { says, bobHas, wake } = group();
  says("bob on phone", 0, 1, text("one"));
  bobHas(0);
  wake();
  expect(says("bob on tablet", 0, 1, { kind: "leave" }).brought).toEqual([3, 4]);
});

test("R1 R26 what a copy did not get comes before what follows the switch", () => {
  const { says, bobHas } = group(["bob"]);
  expect(says("bob on phone", 1, 1, text("one")).brought).toEqual([2]);
  bobHas(1);
  says("alice on phone", 1, 2, { kind: "members-add", users: OTHERS });
  expect(says("bob on tablet", 1, 1, text("two")).brought).toEqual([2, 5]);
});

test("R1 R26 how far a copy reached says nothing of one's words once there is none again", () => {
  const { says, bobHas, bobKnows, wake, alarm } = group();
  says("bob on phone", 0, 1, text("one"));
  // Copies from the fifth on. A group that wakes asks, and tells his place; what it brings then is lost.
  says("alice on phone", 1, 2, { kind: "members-remove", users: OTHERS });
  wake();
  expect(alarm()).toEqual([undefined]);
  bobKnows(5);
  expect(bobHas(4)).toEqual([[3, 5]]);
  says("alice on phone", 1, 3, { kind: "members-add", users: OTHERS });
  expect(says("bob on tablet", 4, 1, text("two")).brought).toEqual([3, 8]);
});

test("R13 R26 an answer that is lost is made good by the alarm, one under way is not brought twice", () => {
  const { says, bobHas, alarm } = group();
  expect(says("bob on phone", 0, 1, text("one"))).toEqual({ brought: [3], calls: [] });
  // The call was sent before the answer, and so says nothing of it.
  expect(bobHas(0)).toEqual([]);
  // It asks, and then brings what has not come.
  expect(alarm()).toEqual([undefined]);
  expect(bobHas(0)).toEqual([[3]]);
  expect(bobHas(3)).toEqual([]);
  expect(alarm()).toEqual([]);
});
