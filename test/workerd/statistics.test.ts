import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { emptyBatch, mergeBatch, STATS_SHARDS, statsShard } from "../../worker/core/stats.ts";
import { holdfast, newUser, RawDevice, setPolicy } from "./support.ts";

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
