import { castOf, type Member } from "./cast.ts";
import { liveOld } from "./old-client.ts";
import { live, type Tally } from "./person.ts";

export interface TrafficOptions {
  readonly url: string;
  readonly people: number;
  /** Mean time between two messages of one person, in ms. */
  readonly talkMs: number;
}

/** Lets simulated people talk until `stopped`; `tally` is kept while they do. */
export async function runTraffic(
  options: TrafficOptions,
  tally: Tally,
  stopped: AbortSignal,
): Promise<void> {
  const members = castOf(options.people);
  await Promise.all(members.flatMap((member) => livesOf(member, options, tally, stopped)));
}

function livesOf(
  { user, friends, devices, hasOldApp }: Member,
  { url, talkMs }: TrafficOptions,
  tally: Tally,
  stopped: AbortSignal,
): readonly Promise<void>[] {
  const own = devices.map((device, index) => {
    // One device of each person does the talking.
    const talking = index === 0 ? { talkMs } : {};
    return live({ url, user, friends, ...device, ...talking }, tally, stopped);
  });
  return hasOldApp ? [...own, liveOld(url, user, stopped)] : own;
}
