import { expect, test } from "vitest";
import { directConversation } from "../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { payloadHash } from "../../worker/core/hash.ts";
import { homeOf } from "../../worker/core/home.ts";
import { UserEngine } from "../../worker/user.ts";
import { UserStore } from "../../worker/user-store.ts";
import { NodeSql } from "../support/node-sql.ts";

const NOW = 1_790_000_000_000;

/** The other user calls with a message for a conversation whose home is here: an answer is owed. */
function alarmAfterAppend(alarmAt: number | null): number | null {
  const [me, peer] =
    homeOf("direct:alice,bob") === "user:alice" ? ["alice", "bob"] : ["bob", "alice"];
  const sql = new NodeSql();
  sql.alarmAt = alarmAt;
  const host = { sessions: () => [], alarmAt: () => sql.alarmAt, pingedAt: () => 0 };
  const engine = new UserEngine(new UserStore(sql), host, me ?? "");
  const content = { kind: "text", text: "hello" } as const;
  const origin = { user: peer ?? "", device: "device-1", counter: 1 };
  const append = {
    origin,
    prev: 0,
    priority: "normal",
    hash: payloadHash(content, "normal"),
    content,
  } as const;
  const conversation = directConversation("alice", "bob");
  const settings = { ...DEFAULT_SETTINGS, recipients: "any" } as const;
  engine.handOff(
    { from: `user:${origin.user}`, conversations: [{ conversation, have: 0, append: [append] }] },
    { now: NOW, random: () => 0.5, settings },
  );
  return sql.alarmAt;
}

test("R13 what is owed sets the alarm, unless one comes before it", () => {
  expect(alarmAfterAppend(null)).toBe(NOW + DEFAULT_SETTINGS.safetyAlarmMs);
  expect(alarmAfterAppend(NOW + 1_000)).toBe(NOW + 1_000);
  expect(alarmAfterAppend(NOW - 1_000)).toBe(NOW - 1_000);
});

test("R13 an alarm that should have run a minute ago is taken for lost and set again", () => {
  expect(alarmAfterAppend(NOW - 61_000)).toBe(NOW + 1);
});
