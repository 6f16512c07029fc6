/** workerd dies: at a given frame, at any moment, and between any two steps. */
import { setTimeout as delay } from "node:timers/promises";
import type { Passing } from "../proxy/rules.ts";
import { allChatter, twoByTwo } from "../support/cast.ts";
import type { Verdict } from "../support/history.ts";
import type { Stage } from "../support/stage.ts";
import { type ChaosCase, type ChaosPlan, SETTLE_MS, sumOf, together, upTo } from "./chaos-case.ts";

type Moment = "before" | "after";

const LAST_FRAME = 200;
const SHORT_FRAMES = 3;
const MOST_UNANSWERED = 1_000;

/** The n-th frame of all four devices, in either direction, counted from their first hello. */
async function killAtFrame(
  stage: Stage,
  plan: ChaosPlan,
  moment: Moment,
  n: number,
): Promise<Verdict> {
  let seen = 0;
  let restarted: Promise<void> | undefined;
  const kill = () => {
    seen += 1;
    if (seen === n) restarted = stage.kill();
  };
  const rules = moment === "before" ? { beforeFrame: kill } : { afterFrame: kill };
  const cast = await twoByTwo(stage, `${moment}-${n}`, plan.make, () => rules);
  const pace = { maxBurst: 3, maxPauseMs: 60 };
  let after = 0;
  const isOver = () => restarted !== undefined && ++after > 12;
  await allChatter(cast, plan.dice, pace, () => !isOver());
  await restarted;
  const verdict = await stage.settle(SETTLE_MS);
  await stage.clear();
  return verdict;
}

function framesOf(plan: ChaosPlan, moment: Moment): number[] {
  if (!plan.short) return Array.from({ length: LAST_FRAME }, (_, index) => index + 1);
  // One in each part of the range, so that the handshake and full flow are both met.
  const width = LAST_FRAME / SHORT_FRAMES;
  return Array.from({ length: SHORT_FRAMES }, (_, index) =>
    Math.ceil(index * width + plan.dice.between(`kill-${moment}`, 1, width)),
  );
}

function killAtFrames(moment: Moment): ChaosCase {
  return {
    name: `kill ${moment} the n-th frame is forwarded`,
    run: async (stage, plan) => {
      const verdicts: Verdict[] = [];
      for (const n of framesOf(plan, moment)) {
        verdicts.push(await killAtFrame(stage, plan, moment, n));
      }
      return sumOf(verdicts);
    },
  };
}

const crashCycles: ChaosCase = {
  name: "random crash cycles",
  run: async (stage, plan) => {
    const cast = await twoByTwo(stage, "cycles", plan.make);
    const rounds = upTo(plan, 5, 300);
    let round = 0;
    const killing = async () => {
      for (; round < rounds; round += 1) {
        await delay(plan.dice.between("cycle", 0, 600));
        await stage.kill();
      }
    };
    // A slow machine answers less between two kills than is said: outboxes must not grow for ever.
    const isHeldBack = () => stage.history.unanswered().length > MOST_UNANSWERED;
    const pace = { maxBurst: 12, maxPauseMs: 200, isHeldBack };
    const talking = allChatter(cast, plan.dice, pace, () => round < rounds);
    const end = () => {
      round = rounds;
    };
    await together(end, killing(), talking);
    return stage.settle(SETTLE_MS);
  },
};

/** The answer never reaches the sender, and the process that gave it is dead (F2). */
const swallowedAnswers: ChaosCase = {
  name: "answers swallowed, then killed",
  run: async (stage, plan) => {
    const rounds = upTo(plan, 2, 60);
    const verdicts: Verdict[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      verdicts.push(await swallowAnswer(stage, plan, round));
    }
    return sumOf(verdicts);
  },
};

async function swallowAnswer(stage: Stage, plan: ChaosPlan, round: number): Promise<Verdict> {
  const nth = plan.dice.between("swallow", 1, 8);
  let answers = 0;
  let restarted: Promise<void> | undefined;
  const isLast = ({ text }: Passing) => text.startsWith('{"t":"accepted"') && ++answers === nth;
  const cast = await twoByTwo(stage, `swallow-${round}`, plan.make, () => ({
    rule: (frame) => {
      if (!isLast(frame)) return { kind: "pass" };
      restarted = stage.kill();
      return { kind: "drop" };
    },
  }));
  let after = 0;
  const isOver = () => restarted !== undefined && ++after > 12;
  await allChatter(cast, plan.dice, { maxBurst: 4, maxPauseMs: 40 }, () => !isOver());
  await restarted;
  const verdict = await stage.settle(SETTLE_MS);
  await stage.clear();
  return verdict;
}

export const KILLS: readonly ChaosCase[] = [
  killAtFrames("before"),
  killAtFrames("after"),
  crashCycles,
  swallowedAnswers,
];
