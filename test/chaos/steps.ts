/** The same steps, with and without something between every two of them, leave the same log. */
import type { Cast } from "../support/cast.ts";
import { twoByTwo } from "../support/cast.ts";
import type { Verdict } from "../support/history.ts";
import type { Stage } from "../support/stage.ts";
import { type ChaosCase, type ChaosPlan, SETTLE_MS, sumOf, upTo } from "./chaos-case.ts";

/** Half of the times while a step is under way, half of the times as the next one is taken. */
type Between = (stage: Stage, cast: Cast) => Promise<void>;

const nothing: Between = () => Promise.resolve();

function betweenSteps(name: string, between: Between): ChaosCase {
  return {
    name,
    run: async (stage, plan) => {
      const id = name.replaceAll(/[^a-z]+/g, "-");
      const calm = await oneByOne(stage, plan, `${id}-calm`, nothing);
      const broken = await oneByOne(stage, plan, id, between);
      const total = sumOf([calm.verdict, broken.verdict]);
      if (JSON.stringify(calm.texts) === JSON.stringify(broken.texts)) return total;
      const finding = `logs differ: ${calm.texts.join()} and ${broken.texts.join()}`;
      return { ...total, unexpected: total.unexpected + 1, findings: [...total.findings, finding] };
    },
  };
}

async function oneByOne(
  stage: Stage,
  plan: ChaosPlan,
  name: string,
  between: Between,
): Promise<{ verdict: Verdict; texts: string[] }> {
  const cast = await twoByTwo(stage, name, plan.make);
  const steps = upTo(plan, 4, 40);
  let happening = Promise.resolve();
  for (let step = 0; step < steps; step += 1) {
    const { device } = cast.devices[step % cast.devices.length] ?? {};
    await device?.send(cast.conversation, `step ${step}`);
    await happening;
    if (step % 2 === 0) happening = between(stage, cast);
    await stage.untilAnswered(SETTLE_MS);
    await happening;
    if (step % 2 === 1) happening = between(stage, cast);
  }
  await happening;
  const verdict = await stage.settle(SETTLE_MS);
  const texts = stage.history.textsOn(cast.devices[0]?.device.name ?? "");
  await stage.clear();
  return { verdict, texts };
}

export const STEPS: readonly ChaosCase[] = [
  betweenSteps("killed between every two steps", (stage) => stage.kill()),
  betweenSteps("put to sleep between every two steps", (stage, { people }) =>
    stage.hibernate(people),
  ),
];
