import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { emptyBatch, mergeBatch, STATS_SHARDS, statsShard } from "../../worker/core/stats.ts";
import { api, holdfast, newUser, RawDevice, setPolicy } from "./support.ts";

/** Nothing is handed over before it is asked for. */
beforeAll(() => setPolicy({ recipients: "any", statsMs: 3_600_000, statsCounts: 1_000_000 }));

async function totals(): Promise<Readonly<Record<string, number>>> {
  const sum = emptyBatch();
  for (let shard = 0; shard < STATS_SHARDS; shard++) {
    mergeBatch(sum, await holdfast.STATS.getByName(statsShard(shard)).total());
  }
  return sum.counters;
}

test("what was counted outlives hibernation and is handed over once", async () => {
  const alice = newUser("alice");
  const devices = [new RawDevice(alice), new RawDevice(alice)];
  for (const device of devices) await device.connect({ cursor: 0 });
  const [first, second] = devices as [RawDevice, RawDevice];
  for (let said = 1; said <= 4; said++) {
    (said % 2 === 0 ? first : second).say(alice, `note ${said}`);
    for (const device of devices) {
      await device.texts(said);
      await device.settle();
    }
    await evictDurableObject(env.USER.get(env.USER.idFromName(alice)));
  }
  await setPolicy({ statsCounts: 1 });
  await expect
    .poll(async () => {
      await first.settle();
      return totals();
    })
    .toMatchObject({ accepted: 4, "pushed|live": 8, "acked|push": 8, "connects|first": 2 });
  await evictDurableObject(env.USER.get(env.USER.idFromName(alice)));
  await first.settle();
  expect(await totals()).toMatchObject({ accepted: 4, "pushed|live": 8, "acked|push": 8 });
});

test("while an operator looks, statistics come soon; afterwards as rarely as before", async () => {
  await setPolicy({ statsMs: 86_400_000, statsCounts: 1_000_000 });
  const ida = new RawDevice(newUser("ida"));
  await ida.connect({ cursor: 0 });
  const before = (await totals())["accepted"] ?? 0;
  ida.say(ida.user, "seen soon");
  await ida.texts(1);
  await ida.settle();
  expect((await totals())["accepted"] ?? 0).toBe(before);

  const look = (path: string) => api(path, "root", {}, "operator");
  // A stretch of the past is no look at what happens now.
  await look("/v1/stats?from=0&to=1");
  await ida.settle();
  expect((await totals())["accepted"] ?? 0).toBe(before);
  await look("/v1/stats");
  await expect
    .poll(
      async () => {
        await ida.settle();
        return (await totals())["accepted"] ?? 0;
      },
      { timeout: 20_000, interval: 500 },
    )
    .toBe(before + 1);
  const { settings } = (await (await look("/v1/policy")).json()) as { settings: object };
  expect(settings).toMatchObject({ statsMs: 86_400_000 });
});

test("how long messages take until a device has them, heartbeats and versions are counted", async () => {
  await setPolicy({ statsCounts: 1 });
  const answer = await api("/v1/stats", "root", {}, "operator");
  const { summary } = (await answer.json()) as {
    summary: { counters: object; histograms: object };
  };
  expect(Object.keys(summary.histograms)).toEqual(expect.arrayContaining(["heartbeat_ms"]));
  const versions = Object.keys(summary.counters).filter((name) => name.startsWith("versions|"));
  expect(versions).toHaveLength(1);
});
