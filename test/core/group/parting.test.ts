import { expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import type { HandOff } from "../../../protocol/hand-offs.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import { payloadHash } from "../../../worker/core/hash.ts";
import { GroupEngine } from "../../../worker/group.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import type { CallOutcome } from "../../../worker/user/turn.ts";
import { NodeSql } from "../../support/node-sql.ts";

const GROUP = "AAAAAAAAAAAAAAAAAAAAAA";
const conversation = groupConversation(GROUP);
const MOMENT = { now: 1_790_000_000_000, random: () => 0.5, settings: DEFAULT_SETTINGS };

/** A group over rows; `wake` forgets what memory has. */
function group() {
  const sql = new NodeSql();
  const host = { alarmAt: () => sql.alarmAt };
  let engine = new GroupEngine(new GroupStore(sql), host, GROUP);
  const callsOf = (effects: ReturnType<GroupEngine["handle"]>) =>
    effects.flatMap((effect) =>
      effect.kind === "call" ? [[effect.to, effect.call] as const] : [],
    );
  return {
    wake: () => {
      engine = new GroupEngine(new GroupStore(sql), host, GROUP);
    },
    alarm: () => callsOf(engine.handle({ kind: "alarm" }, MOMENT)),
    answered: (user: string, outcome: CallOutcome) =>
      callsOf(engine.handle({ kind: "reply", from: `user:${user}`, outcome }, MOMENT)),
    /** What is said by this user's object, whose copy reaches `have`. */
    says: (user: string, have: number, counter: number, content: Content) => {
      const origin = { user, device: "device-1", counter };
      const hash = payloadHash(content, "normal");
      const append = [{ origin, prev: counter - 1, priority: "normal" as const, hash, content }];
      const call: HandOff = {
        from: `user:${user}`,
        conversations: [{ conversation, have, append }],
      };
      return engine.handOff(call, MOMENT);
    },
  };
}

const text = (said: string): Content => ({ kind: "text", text: said });
const ok = (have: number, membershipKept = 1): CallOutcome => ({
  ok: true,
  reply: { conversations: [{ conversation, have, membershipKept }] },
});
const replicated = (calls: readonly (readonly [string, HandOff])[]) =>
  calls.map(([to, { conversations }]) => [
    to,
    conversations[0]?.replicate?.map(({ number }) => number),
  ]);

/** Bob has said 2 and 4, and no answer has reached his object when he is removed by entry 5. */
function bobIsOut(history: "join" | "start" = "join") {
  const parts = group();
  parts.says("alice", 0, 1, { kind: "group-create", title: "Crew", members: ["bob"], history });
  parts.says("bob", 1, 1, text("mine"));
  parts.says("alice", 2, 2, text("yours"));
  parts.says("bob", 1, 2, text("mine, too"));
  parts.answered("bob", { ok: false });
  parts.says("alice", 4, 3, { kind: "members-remove", users: ["bob"] });
  return parts;
}

test("R1 R3 who goes is handed what they lack of what was said until then, and nothing after it", () => {
  const { alarm, wake, answered, says } = bobIsOut();
  says("alice", 5, 4, text("among ourselves"));
  wake();
  // First it asks how far bob's copy is.
  expect(replicated(alarm())).toContainEqual(["user:bob", undefined]);
  expect(replicated(answered("bob", ok(1, 5)))).toEqual([["user:bob", [2, 3, 4]]]);
  expect(answered("bob", ok(4, 5))).toEqual([]);
});

test("R1 what was said before comes before the answer to what is repeated", () => {
  const { says } = bobIsOut();
  const { value } = says("bob", 1, 2, text("mine, too"));
  expect(value.conversations[0]?.entries?.map(({ number }) => number)).toEqual([2, 3, 4]);
});

test("R3 who is back where the past is shown gets all that they lack, their own words among it", () => {
  const { says, wake, alarm, answered } = bobIsOut("start");
  says("alice", 5, 4, { kind: "members-add", users: ["bob"] });
  wake();
  alarm();
  expect(replicated(answered("bob", ok(1, 6)))).toEqual([["user:bob", [2, 3, 4, 5, 6]]]);
});

test("R1 who is back before it came gets it before their copy begins anew", () => {
  const { says, wake, alarm, answered } = bobIsOut();
  says("alice", 5, 4, { kind: "members-add", users: ["bob"] });
  wake();
  expect(replicated(alarm())).toContainEqual(["user:bob", undefined]);
  expect(replicated(answered("bob", ok(5, 6)))).toEqual([["user:bob", [2, 4, 6]]]);
  expect(answered("bob", ok(6, 6))).toEqual([]);
});

test("R1 whoever said more than a page before gets all of it, page after page", () => {
  const { says, wake, alarm, answered } = group();
  const members = ["bob"];
  says("alice", 0, 1, { kind: "group-create", title: "Crew", members, history: "join" });
  for (let counter = 1; counter <= 150; counter++) says("bob", 1, counter, text("mine"));
  answered("bob", { ok: false });
  says("alice", 151, 2, { kind: "members-remove", users: ["bob"] });
  says("alice", 152, 3, { kind: "members-add", users: ["bob"] });
  wake();
  alarm();
  const pages = [1, 152, 153].map((have) => replicated(answered("bob", ok(have, 153))));
  const numbers = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index);
  expect(pages).toEqual([
    [["user:bob", numbers(2, 101)]],
    [["user:bob", [...numbers(102, 151), 153]]],
    [],
  ]);
});
