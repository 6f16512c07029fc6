import type { Address } from "../../protocol/hand-offs.ts";
import { homeOf } from "../core/home.ts";
import type { Session } from "../core/session.ts";
import { count, sample } from "../core/stats.ts";
import { leavingNeed, retireAgain } from "./account.ts";
import { expireOwed } from "./dead-letters.ts";
import { sweepFiles } from "./file-sweep.ts";
import { dueAt, otherSide, owed } from "./followers.ts";
import { askShunned } from "./invitations.ts";
import { expirePending } from "./pending.ts";
import { retryDue, retryUrgent } from "./push.ts";
import { flushWhenDue } from "./record.ts";
import { indexRows } from "./search.ts";
import { silentNeeds } from "./silent.ts";
import { sampleQueues } from "./statistics.ts";
import { liveSessions, type Turn, type UserMemory } from "./turn.ts";

/**
 * Rule R13: timers are rows. The object's one alarm is set to the earliest need, in the transaction
 * that makes the need. When it fires it looks for everything that is due, including what a crash
 * left undone, and running it twice changes nothing.
 */

/** How much later than the safety alarm another one may be that stands in for it. */
const SAFETY_SLACK = 1.5;
/** The runtime forgets after ten quiet seconds, which is the safety alarm's default. */
const DOUBT_SHARE_OF_SAFETY = 0.5;
/** An alarm that is later than this is taken for lost. */
const ALARM_LOST_AFTER_MS = 60_000;

export function onAlarm(turn: Turn): void {
  const { memory } = turn;
  count(memory.stats, "alarms", []);
  if (memory.alarmAt !== null) {
    sample(memory.stats, "alarm_lag_ms", [], Math.max(0, turn.now - memory.alarmAt));
  }
  memory.alarmAt = null;
  for (const session of liveSessions(turn)) {
    retryDue(turn, session);
    if (turn.memory.sessions.has(session.id)) retryUrgent(turn, session);
  }
  expirePending(turn);
  expireOwed(turn);
  for (const conversation of owed(turn)) dueAt(turn, conversation);
  askShunned(turn);
  retireAgain(turn);
  flushWhenDue(turn, liveSessions(turn));
  indexRows(turn);
  sweepFiles(turn);
  sampleQueues(turn);
}

/** Sets the alarm to the earliest need, where none is set that comes before it. */
export function arm(turn: Turn): void {
  const { memory } = turn;
  const busy = busyWays(turn);
  if (busy.size === 0) memory.isDoubting = false;
  noteSettled(turn, busy.size === 0);
  const need = earliestNeed(turn, busy);
  if (need === null) return;
  // Re-arming at or before the present would be lost inside the alarm's own run.
  const at = Math.max(need, turn.now + 1);
  // One that should have run long ago never will: production is known to lose them.
  const lost = memory.alarmAt !== null && memory.alarmAt < turn.now - ALARM_LOST_AFTER_MS;
  if (memory.alarmAt !== null && memory.alarmAt <= at && !lost) return;
  turn.store.setAlarm(at);
  memory.alarmAt = at;
}

/** The sockets' attachments say it: they last as long as sleep does, and no crash leaves one. */
function noteSettled(turn: Turn, isSettled: boolean): void {
  for (const session of liveSessions(turn)) {
    if (session.isSettled === isSettled) continue;
    session.isSettled = isSettled;
    turn.changed.add(session.id);
  }
}

/**
 * Whether this memory is that of an object which has slept and had nothing to wait for. `closed`: of
 * the socket whose end has woken it.
 */
export function hasSleptInPeace({ sessions }: UserMemory, closed: Session | undefined): boolean {
  const all = closed === undefined ? sessions.values() : [...sessions.values(), closed];
  const live = [...all].filter((session) => session.phase === "live");
  return live.length > 0 && live.every(({ isSettled }) => isSettled);
}

function earliestNeed(turn: Turn, busy: ReadonlySet<Address>): number | null {
  const { sweepAt, timeline } = turn.memory;
  const sweeps = [sweepAt, timeline.expiring.sweepAt].filter((at) => at !== null);
  const inTime = [...silentNeeds(turn), ...leavingNeed(turn), ...sweeps];
  const needs = [...deviceNeeds(turn), ...callNeeds(turn, busy), ...inTime];
  return needs.length === 0 ? null : Math.min(...needs);
}

function deviceNeeds(turn: Turn): number[] {
  return liveSessions(turn).flatMap((session) => [
    ...(session.feed.retryAt === null ? [] : [session.feed.retryAt]),
    ...session.urgent.map((one) => one.retryAt),
  ]);
}

/**
 * Work without a row of its own: a call under way, a copy or a mark behind. Where the way there is
 * held back after a failure, nothing can be done before, so nothing wakes up for it either.
 */
function callNeeds(turn: Turn, busy: ReadonlySet<Address>): number[] {
  const { lanes } = turn.memory;
  return [...busy].map((address) => {
    const lane = lanes.get(address)?.lane;
    const isHeldBack = lane !== undefined && !lane.inFlight && lane.notBefore > turn.now;
    return isHeldBack ? lane.notBefore : safetyNeed(turn);
  });
}

/** Where something is under way to, waits or is owed. */
function busyWays(turn: Turn): Set<Address> {
  const { lanes, pending } = turn.memory;
  const busy = [...lanes].filter(
    ([, { lane, due, waiting }]) => lane.inFlight || due.size + waiting.length > 0,
  );
  const owing = owed(turn).map((conversation) => otherSide(turn, conversation));
  const homes = pending.map(({ conversation }) => homeOf(conversation));
  const ways = [...busy.map(([address]) => address), ...owing, ...homes];
  return new Set(ways.filter((address) => address !== undefined));
}

/**
 * An alarm that comes not much later serves as well, and setting another would cost a row. What an
 * object has asked since it woke is over well before the runtime lets it forget again: for an alarm
 * that found nothing of it in memory would ask once more, and so on for ever.
 */
function safetyNeed({ memory, now, settings }: Turn): number {
  const { alarmAt, isDoubting } = memory;
  const waitMs = settings.safetyAlarmMs * (isDoubting ? DOUBT_SHARE_OF_SAFETY : 1);
  const isNear = alarmAt !== null && alarmAt <= now + waitMs * SAFETY_SLACK;
  return isNear ? alarmAt : now + waitMs;
}
