import type { Address } from "../../protocol/hand-offs.ts";
import { calling, OPEN_LANE } from "../core/lane.ts";
import { Timeline } from "../timeline.ts";
import type { UserStore } from "../user-store.ts";
import { storedStanding } from "./account.ts";
import { sweepFrom } from "./file-sweep.ts";
import { doubt, newLane } from "./followers.ts";
import { announceAgain } from "./large-groups.ts";
import { newLookups } from "./lookups.ts";
import { storedPreferences } from "./preferences.ts";
import { carriedWatchers } from "./presence.ts";
import { progressOf, refusedEntries } from "./refused.ts";
import { carriedStats } from "./statistics.ts";
import { storedTrouble } from "./trouble.ts";
import type { Host, Turn, UserMemory } from "./turn.ts";

/**
 * Memory is a cache: this is how it comes back after hibernation, a throw or a crash. A call under
 * way (`underWay`) outlives a throw: what it carried is forgotten, but no second one may go there.
 */
export function remember(
  store: UserStore,
  host: Host,
  me: string,
  underWay: Iterable<Address>,
): UserMemory {
  // Alarms written by older runtimes may come without the object's name.
  const standing = storedStanding(store);
  if (standing.kind !== "gone" && store.fact("user") === undefined) store.setFact("user", me);
  const timeline = new Timeline(store, me);
  const sessions = host.sessions();
  const cursors = sessions.flatMap((session) =>
    session.phase === "live" && session.acks ? [session.acked] : [],
  );
  const carried = carriedStats(sessions);
  const devices = progressOf(store.devices(), sessions);
  const trouble = storedTrouble(store);
  const lanes = new Map([...trouble].map(([address, lane]) => [address, newLane(lane)]));
  for (const address of underWay) {
    lanes.set(address, newLane(calling(trouble.get(address) ?? OPEN_LANE)));
  }
  return {
    me,
    timeline,
    sessions: new Map(sessions.map((session) => [session.id, session])),
    lanes,
    failing: trouble,
    followers: new Map(),
    pending: store.pending(),
    deliveredSeq: Math.max(0, ...cursors, ...devices.map(({ cursor }) => cursor)),
    refused: refusedEntries(timeline, devices, me),
    alarmAt: host.alarmAt(),
    isDoubting: false,
    sweepAt: sweepFrom(store.fact("sweepAt")),
    standing,
    asking: new Map(),
    largeGroups: new Set(JSON.parse(store.fact("largeGroups") ?? "[]") as string[]),
    known: store.fact("known") !== undefined,
    preferences: storedPreferences(store),
    watchers: carriedWatchers(sessions),
    typed: new Map(),
    toldOnline: sessions.some(({ phase }) => phase === "live"),
    seenAt: 0,
    lookups: newLookups(),
    pongHead: -1,
    rooms: new Map(),
    stats: carried.batch,
    statsSince: carried.since,
    lookAt: null,
  };
}

/**
 * Beside that of the next sweep, an alarm is set only while something is owed. So without one nothing
 * is; with one, whatever has moved since the last checkpoint is in doubt and asked about when the
 * alarm runs.
 */
export function doubtWhatMoved(turn: Turn): void {
  const { timeline, deliveredSeq } = turn.memory;
  // An ack writes no row, but moves a mark.
  const acked = timeline.newestForeign(timeline.deliveredAtCheckpoint + 1, deliveredSeq);
  const moved = [...timeline.owedAtCheckpoint, ...timeline.touched(), ...acked.keys()];
  for (const conversation of new Set(moved)) doubt(turn, conversation);
  turn.memory.isDoubting = true;
  announceAgain(turn);
}
