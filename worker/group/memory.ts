import { emptyBatch } from "../core/stats.ts";
import type { GroupStore } from "../group-store.ts";
import { Cursors } from "./cursors.ts";
import { doubtPassed } from "./large.ts";
import { GroupLog } from "./log.ts";
import { addSaid, type OwnList } from "./own-list.ts";
import { Roster } from "./roster.ts";
import type { GroupHost, GroupMemory, GroupTurn, HeldBack, LargeMemory } from "./turn.ts";

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
  const log = new GroupLog(store, me);
  const roster = new Roster(store);
  const resting = store.fact("resting") ?? "";
  const cursors = new Cursors(store, log, roster.all());
  return {
    me,
    log,
    roster,
    cursors,
    due: new Set(),
    calls: new Map([...underWay].map((user) => [user, null])),
    unsure: new Set(),
    given: new Map(),
    held: new Map(resting === "" ? [] : (JSON.parse(resting) as [string, HeldBack][])),
    resting,
    totals: new Map(),
    lookers: new Map(),
    large: rememberLarge(store, log, cursors.flushed),
    alarmAt: host.alarmAt(),
    numberedAt: 0,
    stats: emptyBatch(),
  };
}

function rememberLarge(store: GroupStore, log: GroupLog, flushed: number): LargeMemory {
  const ownStored = store.fact("own") ?? "[]";
  const own: OwnList = new Map(JSON.parse(ownStored) as [string, number[]][]);
  // What its author lacks of these, nobody has written down.
  for (const entry of log.after(flushed)) addSaid(own, entry);
  return {
    live: new Set(store.live()),
    passed: new Map(),
    passedTo: log.head,
    passedAt: 0,
    passedStored: Number(store.fact("passed") ?? 0),
    own,
    ownStored,
  };
}

/**
 * An alarm is set only while something is owed or not written yet. So without one the cursors' rows
 * are the truth; with one they are lower bounds, and everybody is asked when the alarm runs, unless
 * a row says that the alarm is for those who are out of reach, and nothing else is owed.
 */
export function doubtAll({ memory }: GroupTurn): void {
  if (memory.resting !== "") return;
  doubtPassed(memory.large);
  // A large group asks nobody: devices find what they lack by themselves.
  if (memory.roster.group?.mode === "large") return;
  for (const { user } of memory.roster.all()) memory.unsure.add(user);
}
