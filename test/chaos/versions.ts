/** What one version of the Worker has written, the next one runs (F8), and the other way round. */
import { allChatter, type Cast, twoByTwo } from "../support/cast.ts";
import { Stage } from "../support/stage.ts";
import { type ChaosCase, type ChaosPlan, SETTLE_MS, upTo } from "./chaos-case.ts";
import { earlierVersion, SCHEMA_1 } from "./earlier.ts";

/**
 * On a disk of its own that the earlier version begins. Everybody talks all along, so each deploy
 * meets messages, acks and hand-offs that are under way.
 */
const deployed: ChaosCase = {
  name: "deployed over the rows of an earlier version, and back",
  run: async (stage, plan) => {
    const earlier = await earlierVersion(SCHEMA_1);
    const own = await Stage.open(undefined, earlier);
    try {
      const cast = await twoByTwo(own, "deployed", plan.make);
      for (let round = 0; round < upTo(plan, 1, 20); round += 1) {
        for (const entry of [stage.entry, earlier]) await talkThrough(own, cast, plan, entry);
      }
      await talkThrough(own, cast, plan, stage.entry);
      return await own.settle(SETTLE_MS);
    } finally {
      await own.close();
    }
  },
};

async function talkThrough(stage: Stage, cast: Cast, plan: ChaosPlan, entry: string) {
  let isDone = false;
  const deploying = stage.deploy(entry).then(() => {
    isDone = true;
  });
  let after = 0;
  const goesOn = () => !isDone || ++after < 12;
  await Promise.all([
    deploying,
    allChatter(cast, plan.dice, { maxBurst: 3, maxPauseMs: 100 }, goesOn),
  ]);
  await stage.untilAnswered(SETTLE_MS);
}

export const VERSIONS: readonly ChaosCase[] = [deployed];
