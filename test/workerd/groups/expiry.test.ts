/** Message time-to-live in groups: admins say it, the group's log and all copies keep to it. */
import { beforeEach, expect, test } from "vitest";
import type { Entry } from "../../../protocol/entries.ts";
import type { SearchPage } from "../../../protocol/search.ts";
import { crash, deviceOf, sqlOf } from "../objects.ts";
import { api, freshPolicy, newUser, RawDevice } from "../support.ts";
import {
  entryAt,
  evictGroup,
  fireGroupAlarm,
  groupSql,
  newGroup,
  placeOf,
  tell,
} from "./support.ts";

const CANARY = "canary-1213";

beforeEach(() => freshPolicy({ rateBurst: 1_000, checkpointRows: 4, searchRows: 4 }));

async function outlive({ changes }: Entry): Promise<void> {
  const left = (changes?.expiresAt ?? 0) - Date.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, left) + 5));
}

async function groupRows(conversation: string): Promise<string> {
  const tables = ["log", "members", "cursors", "facts"];
  const all = await Promise.all(
    tables.map((one) => groupSql(conversation, `SELECT * FROM ${one}`)),
  );
  return JSON.stringify(all);
}

test("only admins say how long messages live, and everybody learns it", async () => {
  const { conversation, devices } = await newGroup(3);
  const [owner, member, other] = devices as [RawDevice, RawDevice, RawDevice];
  const { error } = await tell(member, conversation, { kind: "ttl", seconds: 60 });
  expect(error).toEqual({ code: "not-allowed" });
  expect(await tell(owner, conversation, { kind: "ttl", seconds: 60 })).toMatchObject({
    number: 2,
  });
  const { number } = await tell(other, conversation, "short-lived");
  const entry = await entryAt(owner, conversation, number ?? 0);
  expect(entry.changes).toEqual({ expiresAt: entry.at + 60_000 });
  const late = await deviceOf(newUser("late"));
  await tell(owner, conversation, { kind: "members-add", users: [late.user] });
  expect(await placeOf(late, conversation)).toMatchObject({ ttlSeconds: 60 });
  const response = await api("/v1/conversations", late.user);
  expect(await response.json()).toMatchObject({ conversations: [{ ttlSeconds: 60 }] });
  await tell(owner, conversation, { kind: "ttl", seconds: null });
  const lasting = await tell(owner, conversation, "for ever");
  expect(await entryAt(late, conversation, lasting.number ?? 0)).not.toHaveProperty("changes");
});

test.each(["awake", "crashed"] as const)(
  "R24 what is over is in no row of the group or of a member, the group %s",
  async (was) => {
    const { conversation, devices } = await newGroup(3);
    const [owner, member] = devices as [RawDevice, RawDevice];
    await tell(owner, conversation, { kind: "ttl", seconds: 1 });
    const { number } = await tell(member, conversation, CANARY);
    const target = number ?? 0;
    await tell(member, conversation, { kind: "edit", target, text: `edited ${CANARY}` });
    for (const device of devices) await entryAt(device, conversation, target + 1);
    await outlive(await entryAt(owner, conversation, target));
    if (was === "crashed") await crash();
    await fireGroupAlarm(conversation);
    expect(await groupRows(conversation)).not.toContain(CANARY);
    for (const { user } of devices) {
      const response = await api(`/v1/search?q=${CANARY}`, user);
      expect(((await response.json()) as SearchPage).hits).toEqual([]);
      const fresh = new RawDevice(user);
      await fresh.connect({ cursor: 0 });
      await entryAt(fresh, conversation, target + 1);
      expect(fresh.received.join()).not.toContain(CANARY);
      const rows = await sqlOf(user, "SELECT body FROM timeline");
      expect(JSON.stringify(rows)).not.toContain(CANARY);
    }
  },
);

test("a group that wakes finds what has expired meanwhile, by the spans that it kept", async () => {
  await freshPolicy({ rateBurst: 1_000, flushEntries: 1 });
  const { conversation, devices } = await newGroup(2);
  const [owner, member] = devices as [RawDevice, RawDevice];
  await tell(owner, conversation, { kind: "ttl", seconds: 1 });
  const { number } = await tell(owner, conversation, CANARY);
  await entryAt(member, conversation, number ?? 0);
  await tell(owner, conversation, { kind: "ttl", seconds: null });
  const { number: last } = await tell(owner, conversation, "for ever");
  await entryAt(member, conversation, last ?? 0);
  expect(await groupRows(conversation)).toContain(CANARY);
  await evictGroup(conversation);
  await outlive(await entryAt(owner, conversation, number ?? 0));
  await tell(owner, conversation, "anything");
  expect(await groupRows(conversation)).not.toContain(CANARY);
});
