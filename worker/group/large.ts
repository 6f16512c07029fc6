import { isCountable } from "../../protocol/entries.ts";
import type { LogEntry } from "../../protocol/hand-offs.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { isChange } from "../core/changes.ts";
import { isOver, withoutExpired } from "../core/expiry.ts";
import type { Member } from "../core/group/state.ts";
import type { Logged } from "../core/row.ts";
import { owe } from "./due.ts";
import { keepOwn, listOwn } from "./own-list.ts";
import type { GroupTurn, LargeMemory } from "./turn.ts";

/**
 * Large groups: the log is the only copy. Whose device is there gets entries passed through, some at
 * a time; the others ask for the head when they come. Rows are for few: who has written an entry, or
 * is meant by one.
 */

const PASS_MIN_MS = 1_000;
const MEMBERS_PASSED_PER_SECOND = 2_000;
const SECOND_MS = 1_000;
/** Messages beyond the read mark are counted up to here. */
const UNREAD_COUNTED = 1_000;

export function isLarge({ memory }: GroupTurn): boolean {
  return memory.roster.group?.mode === "large";
}

/** A device of this member is there, or none is any more. */
export function noteLive(turn: GroupTurn, user: string, isLive: boolean): void {
  const { live, passed } = turn.memory.large;
  if (live.has(user) === isLive) return;
  if (isLive) {
    live.add(user);
    turn.store.addLive(user);
  } else {
    live.delete(user);
    passed.delete(user);
    turn.store.deleteLive(user);
  }
}

/** Those for whom an entry is a row, beside its author: who is meant, also by what it changes. */
export function oweOwn(turn: GroupTurn, entry: Logged, target: Logged | undefined): void {
  if (!isLarge(turn)) return;
  const users = meant(turn, entry, target);
  for (const user of users) {
    listOwn(turn, user, [entry.number]);
    owe(turn, user);
  }
  if (users.length > 0) keepOwn(turn);
}

/** Whom it is about. Only admins mean everyone: that is a row for each member. */
export function meant({ memory }: GroupTurn, entry: Logged, target: Logged | undefined): string[] {
  const { roster } = memory;
  const said = isChange(entry.body) ? target : entry;
  const author = target === undefined ? [] : [target.origin.user];
  // What was said before the switch stands in copies, which are not to keep what is taken back.
  const isCopied = target !== undefined && target.number < (roster.group?.copyFrom ?? 0);
  if (isCopied && entry.body.kind !== "reaction")
    return [...roster.present()].map(({ user }) => user);
  if (said?.body.kind !== "text") return author;
  const { mentions = [], everyone = false } = said.body;
  const isAdmin = roster.member(said.origin.user)?.role !== "member";
  const all = everyone && isAdmin ? [...roster.present()].map(({ user }) => user) : [];
  const users = new Set([...mentions, ...all, ...author]);
  return [...users].filter((user) => roster.member(user)?.state === "member");
}

/** Lets entries go to whose device is there, when it is time again. */
export function passOn(turn: GroupTurn): void {
  const { large, log } = turn.memory;
  if (!isLarge(turn) || large.passedTo >= log.head || turn.now < nextPassAt(turn)) return;
  large.passedTo = log.head;
  large.passedAt = turn.now;
  for (const user of large.live) owe(turn, user);
}

/** When entries are passed on again; nobody waits for it where nobody is there. */
export function passNeed(turn: GroupTurn): number[] {
  const { large, log } = turn.memory;
  const isWaiting = isLarge(turn) && large.passedTo < log.head && large.live.size > 0;
  return isWaiting ? [nextPassAt(turn)] : [];
}

/** When nothing is under way: what was passed on until now has come to everyone who is there. */
export function keepPassed({ memory: { large }, store }: GroupTurn): void {
  if (large.passedTo === large.passedStored) return;
  store.setFact("passed", String(large.passedTo));
  large.passedStored = large.passedTo;
}

/** What is beyond that row may not have been passed on, or was under way. */
export function doubtPassed(large: LargeMemory): void {
  large.passedTo = Math.min(large.passedTo, large.passedStored);
}

/** The larger the group, the more entries go at a time. */
function nextPassAt({ memory }: GroupTurn): number {
  const size = memory.roster.group?.size ?? 0;
  const betweenMs = Math.max(PASS_MIN_MS, (size / MEMBERS_PASSED_PER_SECOND) * SECOND_MS);
  return memory.large.passedAt + betweenMs;
}

/** The run that this member's devices are to get now. */
export function passing(turn: GroupTurn, { user, from }: Member): readonly LogEntry[] {
  const { large, log } = turn.memory;
  if (!isLarge(turn) || !large.live.has(user)) return [];
  const passed = large.passed.get(user) ?? Math.max(0, large.passedTo - LIMITS.handOffEntries);
  if (passed >= large.passedTo) return [];
  const start = Math.max(passed + 1, from);
  const run = log.page(start, LIMITS.handOffEntries, turn.settings.pageBytes);
  return run.map((entry) => withoutExpired(entry, turn.now, (number) => log.find(number)));
}

/**
 * Countable messages of others beyond this member's read mark, as it is said (`after`) or known: what
 * members have copies of they count for themselves.
 */
export function unreadOf(turn: GroupTurn, { user, from }: Member, after = 0): number {
  const { log, cursors, roster } = turn.memory;
  const read = Math.max(cursors.of(user).read, after);
  const start = Math.max(read + 1, from);
  const end = isLarge(turn) ? log.head + 1 : (roster.group?.copyFrom ?? 1);
  const rows = log.rows(start, Math.max(0, Math.min(UNREAD_COUNTED, end - start)));
  const isThere = (row: Logged) => !isOver(row, turn.now, (number) => log.find(number));
  return rows.filter((row) => row.origin.user !== user && isCountable(row.body) && isThere(row))
    .length;
}
