/** Large groups have one log for all, which this device follows for itself. */
import type { ConversationRow } from "../store.ts";

/** Whether this device follows the group's own log: there is no copy of it in the timeline. */
export function isFollowed(row: ConversationRow): boolean {
  return row.membership?.mode === "large" && row.membership.state === "member";
}

/** Up to here the log is here: as far as the copy was, at first. */
export function logCursor({ log, head, membership }: ConversationRow): number {
  return Math.max(log ?? head, (membership?.from ?? 1) - 1);
}

/** Whether this entry of the timeline reaches the app by its number, in the order of the log. */
export function isHandedByNumber(row: ConversationRow | undefined, seq: number): boolean {
  if (row === undefined) return false;
  return row.handed === undefined ? isFollowed(row) : seq > row.handed.since;
}

/** Where nobody takes anything, what is stored is handed. */
export function handedOn(row: ConversationRow, number: number, isIdle = false): ConversationRow {
  if (!isIdle || row.handed === undefined) return row;
  return { ...row, handed: { ...row.handed, upTo: Math.max(row.handed.upTo, number) } };
}
