import { mayCall } from "../core/lane.ts";
import { count, emptyBatch, isEmptyBatch } from "../core/stats.ts";
import { isBehind, owe } from "./due.ts";
import { isLarge, keepPassed, passNeed } from "./large.ts";
import { keepOwn } from "./own-list.ts";
import { indexLog } from "./search.ts";
import { authors } from "./totals.ts";
import type { GroupTurn } from "./turn.ts";

/**
 * Rule R13 in a group: the one alarm stands behind everything that is owed or not written yet. What
 * a crash has left undone is found by it, and running it twice changes nothing.
 */

/**
 * The runtime forgets after ten quiet seconds, which is the safety alarm's default: one that comes
 * later finds cursors that nobody has written, and asks everybody.
 */
const REMEMBERED_SHARE_OF_SAFETY = 0.75;
/** Nothing was numbered for so long: the group is quiet. */
const QUIET_SHARE_OF_SAFETY = 0.5;
/** What memory alone knows of cursors is written at the latest after this. */
const FLUSH_MS = 60_000;
/** An alarm that is later than this is taken for lost. */
const ALARM_LOST_AFTER_MS = 60_000;

export function onAlarm(turn: GroupTurn): void {
  const { memory } = turn;
  count(memory.stats, "alarms", []);
  memory.alarmAt = null;
  for (const [user, { lane, since }] of memory.held) {
    const isGivenUp = turn.now - since > turn.settings.handOffTtlMs;
    if (!isGivenUp && mayCall(lane, turn.now)) memory.due.add(user);
  }
  // Their own word has not come: an answer to them, or theirs to a call, was lost.
  for (const user of memory.given.keys()) memory.unsure.add(user);
  memory.given.clear();
  for (const user of memory.unsure) owe(turn, user);
  for (const member of memory.roster.all()) if (isBehind(turn, member)) owe(turn, member.user);
  for (const user of authors(turn)) owe(turn, user);
}

/** Writes cursors when enough has gathered, or when the group is quiet and nothing else is owed. */
export function flushWhenDue(turn: GroupTurn, isAlarm: boolean): void {
  const { cursors, log, numberedAt } = turn.memory;
  const { dirtySince, flushed } = cursors;
  if (dirtySince === null) return;
  const isStill = !isOwing(turn);
  const isQuiet =
    isAlarm &&
    isStill &&
    turn.now - numberedAt >= turn.settings.safetyAlarmMs * QUIET_SHARE_OF_SAFETY;
  const isOld = turn.now - dirtySince >= FLUSH_MS;
  const isMuch = log.head - flushed >= turn.settings.flushEntries;
  if (!isQuiet && !isOld && !isMuch) return;
  cursors.flush(log.head);
  keepOwn(turn);
  if (isStill && isLarge(turn)) keepPassed(turn);
  log.expiring.flush();
  indexLog(turn);
  handOverStats(turn);
}

function handOverStats(turn: GroupTurn): void {
  const { memory } = turn;
  if (isEmptyBatch(memory.stats)) return;
  turn.effects.push({ kind: "stats", batch: memory.stats });
  memory.stats = emptyBatch();
}

/** Sets the alarm to the earliest need, where none is set that comes before it. */
export function arm(turn: GroupTurn): void {
  const { memory, now, settings } = turn;
  const { sweepAt } = memory.log.expiring;
  const sweep = sweepAt === null ? [] : [sweepAt];
  const isBusy = isOwing(turn) || memory.calls.size > 0 || memory.cursors.dirtySince !== null;
  const safety = isBusy ? [now + settings.safetyAlarmMs * REMEMBERED_SHARE_OF_SAFETY] : [];
  const later = [...safety, ...passNeed(turn), ...sweep];
  const needs = [...heldNeeds(turn), ...later];
  if (needs.length === 0) return;
  // Re-arming at or before the present would be lost inside the alarm's own run.
  const at = Math.max(Math.min(...needs), now + 1);
  // One that should have run long ago never will: production is known to lose them.
  const isLost = memory.alarmAt !== null && memory.alarmAt < now - ALARM_LOST_AFTER_MS;
  if (memory.alarmAt !== null && memory.alarmAt <= at && !isLost) return;
  turn.store.setAlarm(at);
  memory.alarmAt = at;
}

/** Somebody lacks something or may, and the way there is not held back. */
function isOwing({ memory }: GroupTurn): boolean {
  const { due, calls, unsure, given, held } = memory;
  const open = [due, calls, unsure, given].flatMap((all) => [...all.keys()]);
  return open.some((user) => !held.has(user));
}

/**
 * Who is out of reach is tried again for days. So that the object may forget meanwhile and need ask
 * nobody else then, a row says when they are all that is owed.
 */
export function noteRest(turn: GroupTurn): void {
  const { memory, store } = turn;
  const isFlushed = memory.cursors.dirtySince === null && passNeed(turn).length === 0;
  const isAtRest = memory.held.size > 0 && !isOwing(turn) && isFlushed;
  const resting = isAtRest ? JSON.stringify([...memory.held]) : "";
  if (resting === memory.resting) return;
  store.setFact("resting", resting);
  memory.resting = resting;
}

function heldNeeds({ memory, now, settings }: GroupTurn): number[] {
  const waiting = [...memory.held].filter(
    ([user, { since }]) => !memory.calls.has(user) && now - since <= settings.handOffTtlMs,
  );
  return waiting.map(([, { lane }]) => lane.notBefore);
}
