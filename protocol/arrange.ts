/**
 * What an arrangement does, without the schema library: the same at the server and on every device.
 */
import type { Arrangement, ArrangementChange } from "./personal.ts";

/** Muted until then is muted for good: the last moment that a Date knows. */
export const FOREVER = 8_640_000_000_000_000;

export const PLAIN_ARRANGEMENT: Arrangement = {
  pinned: false,
  archived: false,
  folders: [],
  markedUnread: false,
};

export function arranged(before: Arrangement, change: ArrangementChange): Arrangement {
  const {
    pinned = before.pinned,
    archived = before.archived,
    folders = before.folders,
    markedUnread = before.markedUnread,
    mutedUntil = before.mutedUntil,
  } = change;
  const muted = typeof mutedUntil === "number" ? { mutedUntil } : {};
  return { pinned, archived, folders, markedUnread, ...muted };
}

/** What decides a conversation's place in the list. */
export interface Placed {
  readonly id: string;
  /** Of its newest message. */
  readonly at: number;
  readonly pinned: boolean;
  readonly archived: boolean;
}

/** Pinned ones first, archived ones last, each by their newest message, newest first. */
export function comparePlaces(a: Placed, b: Placed): number {
  const rank = (one: Placed) => (one.archived ? 2 : one.pinned ? 0 : 1);
  return rank(a) - rank(b) || b.at - a.at || (a.id < b.id ? -1 : 1);
}

/** How many mentions a conversation remembers beyond its read mark: the newest. */
const MENTIONS_KEPT = 64;

/** `mentions` with one more. */
export function withMention(mentions: readonly number[], number: number): number[] {
  return [...mentions, number].slice(-MENTIONS_KEPT);
}

export function isMentioned(
  body: { readonly kind: string; readonly mentions?: unknown; readonly everyone?: unknown },
  user: string,
): boolean {
  if (body.kind !== "text") return false;
  return body.everyone === true || (Array.isArray(body.mentions) && body.mentions.includes(user));
}
