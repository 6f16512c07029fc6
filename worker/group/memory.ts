import { emptyBatch } from "../core/stats.ts";
import type { GroupStore } from "../group-store.ts";
import { Cursors } from "./cursors.ts";
import { GroupLog } from "./log.ts";
import { Roster } from "./roster.ts";
import type { GroupHost, GroupMemory, GroupTurn, HeldBack } from "./turn.ts";

/**
 * Memory is a cache: this is how it comes back after an eviction, a throw or a crash. A call under
 * way (`underWay`) outlives a throw: what it carried is forgotten, but no second one may go there.
 */
export function remember(
  store: GroupStore,
  host: GroupHost,
  me: GroupMemory["me"],
  underWay: Iterable<string>,
): GroupMemory {
  const log = new GroupLog(store);
  const roster = new Roster(store);
  const resting = store.fact("resting") ?? "";
  return {
    me,
    log,
    roster,
    cursors: new Cursors(store, log, roster.all()),
    due: new Set(),
    calls: new Map([...underWay].map((user) => [user, null])),
    unsure: new Set(),
    given: new Map(),
    held: new Map(resting === "" ? [] : (JSON.parse(resting) as [string, HeldBack][])),
    resting,
    totals: new Map(),
    alarmAt: host.alarmAt(),
    numberedAt: 0,
    stats: emptyBatch(),
  };
}

/**
 * An alarm is set only while something is owed or not written yet. So without one the cursors' rows
 * are the truth; with one they are lower bounds, and everybody is asked when the alarm runs, unless
 * a row says that the alarm is for those who are out of reach, and nothing else is owed.
 */
export function doubtAll({ memory }: GroupTurn): void {
  if (memory.resting !== "") return;
  for (const { user } of memory.roster.all()) memory.unsure.add(user);
}
