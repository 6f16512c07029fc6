import type { Entry } from "../../protocol/entries.ts";
import { peerOf } from "../../protocol/ids.ts";
import { utf8Bytes } from "../../protocol/limits.ts";
import { isOver, remains } from "../core/expiry.ts";
import { isGroup } from "../core/home.ts";
import { maySee } from "../core/membership.ts";
import { type TimelineRow, toEntry } from "../core/row.ts";
import type { EncodedEntry } from "../recent-rows.ts";
import type { Turn } from "./turn.ts";

/**
 * Rule R15: what leaves for this user's devices, judged each time that it leaves. Of a group that is
 * what was said since the user's view began, as long as the user is there.
 */
export function isVisible({ memory }: Turn, { conversation, number }: TimelineRow): boolean {
  if (number === null || !isGroup(conversation)) return true;
  return maySee(memory.timeline.conversation(conversation).membership, number);
}

/** Its time is over, although its row may not say so yet. */
function isGone({ memory, now }: Turn, row: TimelineRow): boolean {
  const { timeline } = memory;
  const { conversation, body } = row;
  if (body.kind === "expired") return true;
  const { expiring = [] } = timeline.conversation(conversation);
  return expiring.length > 0 && isOver(row, now, (number) => timeline.find(conversation, number));
}

/** The row as devices may see it. */
export function entryOf(turn: Turn, row: TimelineRow): Entry {
  const entry = toEntry(row);
  const { id, priority, changes, ...place } = entry;
  if (isVisible(turn, row)) {
    // Blanked later, and told no more.
    if (!isGone(turn, row)) return entry;
    return { ...place, ...(id === undefined ? {} : { id }), body: remains(row.body) };
  }
  // One's own is named, so that the device that sent it knows what became of it.
  const own = row.origin?.user === turn.memory.me && id !== undefined ? { id } : {};
  return { ...place, ...own, body: { kind: "withheld" } };
}

export function encodedEntry(turn: Turn, row: TimelineRow): EncodedEntry {
  const isPlain = isVisible(turn, row) && !isGone(turn, row);
  if (isPlain) return turn.memory.timeline.encoded(row);
  return encode(entryOf(turn, row));
}

export function encode(entry: Entry): EncodedEntry {
  const text = JSON.stringify(entry);
  return { seq: entry.seq, text, bytes: utf8Bytes(text) };
}

/** Known and one's own: strangers to a conversation can't tell it from one that does not exist. */
export function knowsConversation({ memory }: Turn, conversation: string): boolean {
  const { head, membership } = memory.timeline.conversation(conversation);
  if (isGroup(conversation)) return membership !== undefined;
  return peerOf(conversation, memory.me) !== undefined && head.number > 0;
}

/** Whether this user may still say anything about it, a read mark included. */
export function takesPart(turn: Turn, conversation: string): boolean {
  if (!knowsConversation(turn, conversation)) return false;
  const { membership } = turn.memory.timeline.conversation(conversation);
  return membership === undefined || membership.state === "member";
}
