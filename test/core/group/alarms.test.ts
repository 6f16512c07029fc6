/** What a group's one alarm costs while people talk in it: each time that it is set is a row. */
import { expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import type { Address, HandOff } from "../../../protocol/hand-offs.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import { payloadHash } from "../../../worker/core/hash.ts";
import { type GroupEffect, GroupEngine } from "../../../worker/group.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import { NodeSql } from "../../support/node-sql.ts";

const GROUP = "AAAAAAAAAAAAAAAAAAAAAA";
const MINUTE_MS = 60_000;

class CountedSql extends NodeSql {
  alarms = 0;

  override setAlarm(at: number): void {
    this.alarms += 1;
    super.setAlarm(at);
  }
}

/** Alice owns it; whoever is called takes what comes at once. */
function group() {
  const conversation = groupConversation(GROUP);
  const sql = new CountedSql();
  const host = { alarmAt: () => sql.alarmAt };
  const engine = new GroupEngine(new GroupStore(sql), host, GROUP);
  let now = 1_790_000_000_000;
  let counter = 0;
  const moment = () => ({ now, random: () => 0.5, settings: DEFAULT_SETTINGS });
  const answer = (from: Address, call: HandOff) => {
    const have = call.conversations[0]?.have ?? 0;
    const word = { conversation, have, membershipKept: 1_000, live: true };
    const outcome = { ok: true, reply: { conversations: [word] } } as const;
    perform(engine.handle({ kind: "reply", from, outcome }, moment()));
  };
  const perform = (effects: readonly GroupEffect[]) => {
    for (const one of effects) if (one.kind === "call") answer(one.to, one.call);
  };
  return {
    sql,
    says: (content: Content) => {
      counter += 1;
      const origin = { user: "alice", device: "device-1", counter };
      const hash = payloadHash(content, "normal");
      const append = [{ origin, prev: counter - 1, priority: "normal" as const, hash, content }];
      const one = { conversation, have: counter - 1, membershipKept: 1_000, append };
      perform(engine.handOff({ from: "user:alice", conversations: [one] }, moment()).effects);
    },
    pass: (ms: number) => {
      const end = now + ms;
      while (sql.alarmAt !== null && sql.alarmAt <= end) {
        now = Math.max(now, sql.alarmAt);
        sql.alarmAt = null;
        perform(engine.handle({ kind: "alarm" }, moment()));
      }
      now = end;
    },
  };
}

test.each([2_000, 4_000, 12_000])(
  "a message every %i ms: the alarm is set nine times a minute",
  (everyMs) => {
    const { sql, says, pass } = group();
    says({ kind: "group-create", title: "Fair", members: ["bob", "carl"] });
    pass(MINUTE_MS);
    expect(sql.alarmAt).toBeNull();
    sql.alarms = 0;
    for (let passedMs = 0; passedMs < MINUTE_MS; passedMs += everyMs) {
      says({ kind: "text", text: "talk" });
      pass(everyMs);
    }
    expect(sql.alarms).toBeLessThanOrEqual(9);
    pass(MINUTE_MS);
    expect(sql.alarmAt).toBeNull();
  },
);
