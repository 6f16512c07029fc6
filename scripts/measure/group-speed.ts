/** How fast a message is with everybody in a group who is there. */
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { quantile } from "./bench-cases.ts";
import { Crowd } from "./crowd.ts";
import type { Stand } from "./stand.ts";

export interface GroupSpeed {
  readonly name: string;
  readonly members: number;
  /** Devices that are there. */
  readonly online: number;
  /** From sending one message until the last of them has it. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Messages times devices, with 64 messages in flight. */
  readonly deliveriesPerSecond: number;
}

const SINGLES = 60;
/** Beyond copies entries pass some at a time, so each of these takes as long as that. */
const LARGE_SINGLES = 12;
const WARM_UP = 5;
const IN_FLIGHT = 64;
const BURSTS = 3;

export async function groupSpeed(
  stand: Stand,
  members: number,
  online = members,
): Promise<GroupSpeed> {
  const crowd = await Crowd.gather(stand, members, online);
  const took: number[] = [];
  const singles = members > DEFAULT_SETTINGS.groupCopyMembers ? LARGE_SINGLES : SINGLES;
  for (let sent = -WARM_UP; sent < singles; sent += 1) {
    const sentAt = performance.now();
    crowd.speak(0);
    await crowd.untilThrough();
    if (sent >= 0) took.push(performance.now() - sentAt);
  }
  took.sort((a, b) => a - b);
  const startedAt = performance.now();
  for (let sent = 0; sent < BURSTS; sent += 1) {
    crowd.speak(0, IN_FLIGHT);
    await crowd.untilThrough();
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  await crowd.close();
  return {
    name: `group-${members}`,
    members,
    online,
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
    deliveriesPerSecond: Math.round((BURSTS * IN_FLIGHT * (online - 1)) / seconds),
  };
}
