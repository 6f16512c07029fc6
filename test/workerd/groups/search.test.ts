/** What members of a group find: what they may see, for as long as they may. */
import { beforeEach, expect, test } from "vitest";
import type { SearchPage } from "../../../protocol/search.ts";
import { deviceOf, evict } from "../objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "../support.ts";
import { entryAt, newGroup, placeOf, tell } from "./support.ts";

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
