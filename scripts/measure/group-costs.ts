/** What a message to a group costs, per member. */
import { setTimeout as delay } from "node:timers/promises";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { perUnit } from "./bill.ts";
import type { CostCase, CostRun } from "./cost-cases.ts";
import { scaledSettings } from "./cost-settings.ts";
import { Crowd } from "./crowd.ts";

const SECOND_MS = 1_000;

interface GroupCase {
  readonly members: number;
  readonly messages: number;
  readonly budget: number;
  readonly aim: number;
}

/** Everybody is there, and somebody says something each second. */
function groupCase({ members, messages, budget, aim }: GroupCase) {
  return async (run: CostRun): Promise<CostCase> => {
    await run.stand.change(scaledSettings(run.scale));
    const crowd = await Crowd.gather(run.stand, members);
    const bill = crowd.bill();
    const quietMs = (1.5 * DEFAULT_SETTINGS.safetyAlarmMs) / run.scale;
    await bill.settle(quietMs);
    await bill.start();
    for (let sent = 0; sent < messages; sent += 1) {
      const nextAt = Date.now() + SECOND_MS / run.scale;
      crowd.speak(sent);
      await delay(Math.max(0, nextAt - Date.now()));
    }
    await crowd.untilThrough();
    const usage = await bill.settle(quietMs);
    await crowd.close();
    return {
      name: `group-${members}`,
      per: "message and member",
      budget,
      aim,
      ...perUnit(usage, messages * members),
      about: `${members} members with a device each, ${messages} messages, one a second, at 1:${run.scale}`,
    };
  };
}

export const group10 = groupCase({ members: 10, messages: 60, budget: 1.3, aim: 1.2 });
export const group200 = groupCase({ members: 200, messages: 20, budget: 1.3, aim: 1.2 });
