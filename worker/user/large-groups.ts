import type { LogEntry } from "../../protocol/hand-offs.ts";
import type { LoggedEntry } from "../../protocol/large-groups.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import { withoutExpired } from "../core/expiry.ts";
import { homeOf } from "../core/home.ts";
import { isLarge } from "../core/membership.ts";
import { toLogEntry, toLoggedEntry } from "../core/row.ts";
import type { LiveSession } from "../core/session.ts";
import { dueAt, follower } from "./followers.ts";
import { liveSessions, refuse, send, type Turn } from "./turn.ts";
import { takesPart } from "./visible.ts";

/**
 * Large groups have no copy here. Entries pass through to the devices that are there; each follows
 * the group's log for itself and fetches what it lacks from the group.
 */

/** What a frame takes beside its entries. */
const ENVELOPE_BYTES = 512;

/** Whether the group is to know that a device is here. */
export function isWatched(turn: Turn, conversation: string): boolean {
  const state = turn.memory.timeline.conversation(conversation);
  return isLarge(state) && takesPart(turn, conversation) && liveSessions(turn).length > 0;
}

/** A device has come: the large groups tell how far they are, and pass entries through from now on. */
export function announce(turn: Turn): void {
  for (const conversation of turn.memory.largeGroups) {
    if (isWatched(turn, conversation)) dueAt(turn, conversation);
  }
}

/** What became of the last call to a group is forgotten: devices may not have heard how far it is. */
export function announceAgain(turn: Turn): void {
  const { lanes, largeGroups } = turn.memory;
  for (const conversation of largeGroups) {
    const address = homeOf(conversation);
    const isOpen = address !== undefined && lanes.has(address);
    if (isOpen && isWatched(turn, conversation)) dueAt(turn, conversation);
  }
}

/** A fact says which groups are large, so that a hello need not look through all conversations. */
export function noteMode(turn: Turn, conversation: string): void {
  const { largeGroups, timeline } = turn.memory;
  const isOne = isLarge(timeline.conversation(conversation)) && takesPart(turn, conversation);
  if (largeGroups.has(conversation) === isOne) return;
  if (isOne) largeGroups.add(conversation);
  else largeGroups.delete(conversation);
  turn.store.setFact("largeGroups", JSON.stringify([...largeGroups]));
  if (isOne && isWatched(turn, conversation)) dueAt(turn, conversation);
}

export function tellHead(turn: Turn, conversation: string, number: number, unread: number): void {
  for (const session of liveSessions(turn)) {
    send(turn, session.id, { t: "head", conversation, number, unread });
  }
}

export function passThrough(turn: Turn, conversation: string, run: readonly LogEntry[]): void {
  const state = turn.memory.timeline.conversation(conversation);
  if (!isLarge(state) || !takesPart(turn, conversation)) return;
  // On its way since then: what an edit is about may have come before, and is the group's to know.
  const told = run.map((entry) =>
    withoutExpired(asHere(turn, conversation, entry), turn.now, () => undefined),
  );
  for (const entries of framesOf(told.map(toLoggedEntry))) {
    const from = entries[0]?.number ?? 0;
    const to = entries.at(-1)?.number ?? 0;
    for (const session of liveSessions(turn)) {
      send(turn, session.id, { t: "log", conversation, from, to, entries });
    }
  }
}

/** Calls may come late: what has been taken back in a row here leaves no more (R11). */
function asHere({ memory }: Turn, conversation: string, entry: LogEntry): LogEntry {
  const { timeline } = memory;
  // Whatever takes it back stands behind it.
  if (entry.number >= timeline.conversation(conversation).head.number) return entry;
  const row = timeline.find(conversation, entry.number);
  const isGone = row?.body.kind === "recalled" || row?.body.kind === "withheld";
  return isGone ? toLogEntry(row) : entry;
}

function framesOf(run: readonly LoggedEntry[]): LoggedEntry[][] {
  const frames: LoggedEntry[][] = [];
  let room = 0;
  for (const entry of run) {
    const bytes = utf8Bytes(JSON.stringify(entry)) + 1;
    if (bytes > room || frames.length === 0) {
      frames.push([]);
      room = LIMITS.frameBytes - ENVELOPE_BYTES;
    }
    frames.at(-1)?.push(entry);
    room -= bytes;
  }
  return frames;
}

/** A device has stored the group's log up to there. It rides on the next answer to the group. */
export function haveLog(
  turn: Turn,
  session: LiveSession,
  { conversation, number }: { readonly conversation: string; readonly number: number },
): void {
  const state = turn.memory.timeline.conversation(conversation);
  // What is fed is acked: here a device could say that it has what it was never sent.
  if (!isLarge(state) || !takesPart(turn, conversation)) {
    return refuse(turn, session.id, "not-found", { of: "have" });
  }
  const known = follower(turn, conversation);
  known.delivered = Math.max(known.delivered, number);
}
