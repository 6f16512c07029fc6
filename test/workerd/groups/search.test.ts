/** What members of a group find: what they may see, for as long as they may. */
import { beforeEach, describe, expect, test } from "vitest";
import type { SearchPage } from "../../../protocol/search.ts";
import { breakCallsTo } from "../faults.ts";
import { deviceOf, evict } from "../objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "../support.ts";
import { entryAt, evictGroup, groupSql, newGroup, placeOf, tell } from "./support.ts";

beforeEach(() => freshPolicy({ rateBurst: 1_000, checkpointRows: 4, searchRows: 4 }));

async function found(user: string, query: string): Promise<(number | undefined)[]> {
  const response = await api(`/v1/search?${query}`, user);
  const page = (await response.json()) as SearchPage;
  return page.hits.map(({ entry }) => entry.number).sort((a = 0, b = 0) => a - b);
}

test("R15 who comes later finds nothing of before, who is removed nothing at all", async () => {
  const { conversation, devices } = await newGroup(2);
  const [owner, member] = devices as [RawDevice, RawDevice];
  for (const text of ["xylophone one", "filler", "filler", "filler"]) {
    await tell(owner, conversation, text);
  }
  const late = await deviceOf(newUser("late"));
  await tell(owner, conversation, { kind: "members-add", users: [late.user] });
  const place = await placeOf(late, conversation);
  const { number } = await tell(member, conversation, "xylophone two");
  for (const device of [owner, member, late]) await entryAt(device, conversation, number ?? 0);
  expect(await found(owner.user, "q=xylophone")).toEqual([2, number]);
  expect(await found(member.user, `q=xylophone&from=${owner.user}`)).toEqual([2]);
  expect(place.from).toBeGreaterThan(2);
  expect(await found(late.user, "q=xylophone")).toEqual([number]);
  const within = `q=xylophone&conversation=${encodeURIComponent(conversation)}`;
  expect(await found(late.user, within)).toEqual([number]);

  await tell(owner, conversation, { kind: "members-remove", users: [member.user] });
  await placeOf(member, conversation, ({ state }) => state === "removed");
  expect(await found(member.user, "q=xylophone")).toEqual([]);
  expect(await found(member.user, within)).toEqual([]);
  await evict(member.user);
  expect(await found(member.user, `from=${owner.user}`)).toEqual([]);
  expect(await found(late.user, "q=xylophone")).toEqual([number]);
});

test("R11 what an admin has taken back nobody finds", async () => {
  const { conversation, devices } = await newGroup(3);
  const [owner, member, other] = devices as [RawDevice, RawDevice, RawDevice];
  const { number: target } = await tell(member, conversation, "a xylophone");
  for (const text of ["filler", "filler", "filler"]) await tell(other, conversation, text);
  const { number } = await tell(owner, conversation, { kind: "recall", target: target ?? 0 });
  for (const device of devices) {
    await entryAt(device, conversation, number ?? 0);
    expect(await found(device.user, "q=xylophone")).toEqual([]);
  }
});

describe.each([
  ["not indexed yet", 10_000],
  ["indexed", 4],
] as const)("R26 in one log for all, %s", (_, searchRows) => {
  beforeEach(() => freshPolicy({ groupCopyMembers: 2, flushEntries: 4, searchRows }));

  async function large() {
    const { conversation, devices } = await newGroup(3);
    await Promise.all(
      devices.map((one) => placeOf(one, conversation, ({ mode }) => mode === "large")),
    );
    const [owner, member, other] = devices as [RawDevice, RawDevice, RawDevice];
    for (const text of ["xylophone quokka", "filler", "a filler", "xylophone two"]) {
      await tell(owner, conversation, text);
    }
    for (const text of ["xylophone three", "filler", "filler", "filler"]) {
      await tell(other, conversation, text);
    }
    const within = `conversation=${encodeURIComponent(conversation)}&q=xylophone`;
    return { conversation, owner, member, other, within };
  }

  test("R26 a member finds in it what others have said to others", async () => {
    const { conversation, owner, member, within } = await large();
    expect(await found(member.user, within)).toEqual([3, 6, 7]);
    expect(await found(member.user, `${within}&from=${owner.user}`)).toEqual([3, 6]);
    const rows = await groupSql(conversation, "SELECT last FROM search ORDER BY last DESC");
    expect(rows.length > 0).toBe(searchRows === 4);
    await evictGroup(conversation);
    const answer = await api(`/v1/search?${within}&limit=2`, member.user);
    const page = (await answer.json()) as SearchPage;
    expect(page.hits.map(({ entry }) => entry.seq)).toEqual([0, 0]);
    expect(await found(member.user, `${within}&limit=2&page=${page.next}`)).toHaveLength(1);
    // Without naming the group one finds one's own.
    expect(await found(member.user, "q=xylophone")).toEqual([]);
  });

  test("R11 what was taken back or edited there nobody finds", async () => {
    const { conversation, owner, member, within } = await large();
    await tell(owner, conversation, { kind: "recall", target: 3 });
    await tell(owner, conversation, { kind: "edit", target: 6, text: "marimba" });
    await tell(owner, conversation, { kind: "edit", target: 5, text: "a xylophone after all" });
    expect(await found(member.user, within)).toEqual([5, 7]);
    expect(await found(member.user, within.replace("xylophone", "marimba"))).toEqual([6]);
    const rows = await groupSql(conversation, "SELECT postings FROM search");
    expect(JSON.stringify(rows)).not.toContain("quokka");
  });

  test("R15 who joins later finds nothing of before, who is out or was never in nothing at all", async () => {
    const { conversation, owner, member, within } = await large();
    const late = await deviceOf(newUser("late"));
    await tell(owner, conversation, { kind: "members-add", users: [late.user] });
    await placeOf(late, conversation);
    const { number } = await tell(owner, conversation, "xylophone four");
    expect(await found(late.user, within)).toEqual([number]);
    breakCallsTo(member.user, "before");
    await tell(owner, conversation, { kind: "members-remove", users: [member.user] });
    expect((await api(`/v1/search?${within}`, member.user)).status).toBe(404);
    breakCallsTo(member.user, undefined);
    expect((await api(`/v1/search?${within}`, newUser("stranger"))).status).toBe(404);
  });
});
