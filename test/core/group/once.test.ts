import { expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import { payloadHash } from "../../../worker/core/hash.ts";
import { GroupEngine } from "../../../worker/group.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import { NodeSql } from "../../support/node-sql.ts";

const GROUP = "AAAAAAAAAAAAAAAAAAAAAA";

/** What the group says to messages of one device of alice, one after the other. */
function judgements(device: string, claims: readonly (readonly [number, number, Content])[]) {
  const sql = new NodeSql();
  const host = { alarmAt: () => sql.alarmAt };
  const group = new GroupEngine(new GroupStore(sql), host, GROUP);
  const moment = { now: 1_790_000_000_000, random: () => 0.5, settings: DEFAULT_SETTINGS };
  return claims.map(([prev, counter, content]) => {
    const hash = payloadHash(content, "normal");
    const origin = { user: "alice", device, counter };
    const append = [{ origin, prev, priority: "normal", hash, content } as const];
    const conversations = [{ conversation: groupConversation(GROUP), have: 0, append }];
    const { value } = group.handOff({ from: "user:alice", conversations }, moment);
    return value.conversations[0]?.verdicts?.[0];
  });
}

test.each(["device-1", "__proto__"])("R2 a device called %s says each thing once", (device) => {
  const hello: Content = { kind: "text", text: "hello" };
  const verdicts = judgements(device, [
    [0, 1, { kind: "group-create", title: "Crew", members: [] }],
    [1, 2, hello],
    [1, 2, hello],
    [1, 3, hello],
    [2, 3, hello],
  ]);
  expect(verdicts).toMatchObject([
    { kind: "accepted", number: 1 },
    { kind: "accepted", number: 2 },
    { kind: "accepted", number: 2 },
    { kind: "gap", have: 2 },
    { kind: "accepted", number: 3 },
  ]);
});
