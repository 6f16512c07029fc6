import { expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import { payloadHash } from "../../../worker/core/hash.ts";
import { GroupEngine } from "../../../worker/group.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import { NodeSql } from "../../support/node-sql.ts";

const NOW = 1_790_000_000_000;
const GROUP = "AAAAAAAAAAAAAAAAAAAAAA";
const conversation = groupConversation(GROUP);

test("R13 a member who has all by another way is not called again and again after a failure", () => {
  const sql = new NodeSql();
  const engine = new GroupEngine(new GroupStore(sql), { alarmAt: () => sql.alarmAt }, GROUP);
  const moment = (now: number) => ({ now, random: () => 0.5, settings: DEFAULT_SETTINGS });
  const call = (user: string, about: object) => {
    const conversations = [{ conversation, have: 1, membershipKept: 1, ...about }];
    return engine.handOff({ from: `user:${user}`, conversations }, moment(NOW)).effects;
  };
  const content: Content = { kind: "group-create", title: "Crew", members: ["bob"] };
  const origin = { user: "alice", device: "device-1", counter: 1 };
  const hash = payloadHash(content, "normal");
  const made = call("alice", {
    have: 0,
    membershipKept: 0,
    append: [{ origin, prev: 0, priority: "normal", hash, content }],
  });
  expect(made).toMatchObject([{ kind: "call", to: "user:bob" }]);
  for (const user of ["alice", "bob"]) call(user, {});
  engine.handle({ kind: "reply", from: "user:bob", outcome: { ok: false } }, moment(NOW));
  const [delayMs = 0] = DEFAULT_SETTINGS.handOffDelaysMs;
  for (let at = NOW + 2 * delayMs; at < NOW + 20 * delayMs; at += delayMs) {
    sql.alarmAt = null;
    engine.handle({ kind: "alarm" }, moment(at));
    expect(sql.alarmAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(at + 1);
  }
});
