/** What a message to a group costs, per member. */
import { setTimeout as delay } from "node:timers/promises";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { type Bill, perUnit, type Spent } from "./bill.ts";
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

/** Somebody says something each second; what that has cost, once all is quiet again. */
async function talk(crowd: Crowd, bill: Bill, messages: number, scale: number): Promise<Spent> {
  const quietMs = (1.5 * DEFAULT_SETTINGS.safetyAlarmMs) / scale;
  await bill.settle(quietMs);
  await bill.start();
  for (let sent = 0; sent < messages; sent += 1) {
    const nextAt = Date.now() + SECOND_MS / scale;
    crowd.speak(sent);
    await delay(Math.max(0, nextAt - Date.now()));
  }
  await crowd.untilThrough();
  const usage = await bill.settle(quietMs);
  await crowd.close();
  return usage;
}

/** Everybody is there, and somebody says something each second. */
function groupCase({ members, messages, budget, aim }: GroupCase) {
  return async (run: CostRun): Promise<CostCase> => {
    await run.stand.change(scaledSettings(run.scale));
    const crowd = await Crowd.gather(run.stand, members);
    const bill = crowd.bill();
    const usage = await talk(crowd, bill, messages, run.scale);
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

const LARGE = { members: 5_000, online: 100, messages: 60, copyMembers: 200 } as const;
/** Of those who are away so many are looked at: the others are no different. */
const AWAY_BILLED = 100;

/**
 * Five thousand members without copies, a hundred of them there, and nobody who is meant. Never in
 * shorter time: who has not heard of the group yet would be called again so soon that nobody is heard.
 */
export async function group5000({ stand }: CostRun): Promise<CostCase> {
  const { members, online, messages, copyMembers } = LARGE;
  await stand.change({
    ...scaledSettings(1),
    groupCopyMembers: copyMembers,
    recipients: "any",
  });
  await stand.operator();
  const crowd = await Crowd.gather(stand, members, online);
  // What passes waits until everybody knows of the group.
  crowd.speak(0);
  await crowd.untilThrough();
  const bill = crowd.bill(AWAY_BILLED);
  const usage = await talk(crowd, bill, messages, 1);
  return {
    name: `group-${members}`,
    per: "message and member",
    budget: 0.05,
    ...perUnit(usage, messages * members),
    about:
      `${members} members, ${online} of them with a device there, ${messages} messages, ` +
      `one a second, in real time; ${AWAY_BILLED} of those who are away are looked at`,
  };
}

export const group10 = groupCase({ members: 10, messages: 60, budget: 1.3, aim: 1.2 });
export const group200 = groupCase({ members: 200, messages: 20, budget: 1.3, aim: 1.2 });
