/**
 * Messages that expire, by the server's clock alone. What is over keeps its place and says nothing
 * any more; a conversation's row knows where such messages are.
 */
import { withMortal } from "../../protocol/expiring.ts";
import type { ConversationRow, StoredEntry } from "../store.ts";
import { isCountable, isShown, type NumberedEntry, senderOf } from "./amend.ts";

export function mortal(stored: StoredEntry) {
  const { number, at, changes } = stored.entry;
  return { stored, number, at, expiresAt: changes?.expiresAt };
}

/** What an entry says about how long messages live, its own life included. */
export function takeExpiry(row: ConversationRow, entry: NumberedEntry): ConversationRow {
  const after = entry.body.kind === "ttl" ? withTtl(row, entry.body.seconds) : row;
  if (entry.changes?.expiresAt === undefined) return after;
  return { ...after, expiring: withMortal(after.expiring ?? [], mortal({ entry })) };
}

export function withTtl(row: ConversationRow, seconds: number | null): ConversationRow {
  const { ttlSeconds: _, ...rest } = row;
  return seconds === null ? rest : { ...rest, ttlSeconds: seconds };
}

/** The entry once its time is over. */
export function expired(stored: StoredEntry): StoredEntry {
  const { changes: _, ...entry } = stored.entry;
  return { ...stored, entry: { ...entry, body: { kind: "expired" } } };
}

/** The row without these messages: what expires unread was never read, and is unread no more. */
export function withoutExpired(
  row: ConversationRow,
  over: readonly StoredEntry[],
  user: string,
): ConversationRow {
  const unread = over.filter(
    ({ entry }) => isCountable(entry.body) && senderOf(entry) !== user && entry.number > row.read,
  );
  const gone = new Set(over.map(({ entry }) => entry.number));
  const { mentions } = row;
  return {
    ...row,
    unread: Math.max(0, row.unread - unread.length),
    ...(mentions === undefined ? {} : { mentions: mentions.filter((one) => !gone.has(one)) }),
  };
}

/** The newest of these that has a place in the list of messages. */
export function newestShown(stored: readonly StoredEntry[]): StoredEntry | undefined {
  return stored.findLast(({ entry }) => isShown(entry.body));
}
