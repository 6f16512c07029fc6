/**
 * What only some conversations have, loaded with the first of them: arrangement, drafts, folders,
 * mentions, groups, decisions about people, messages that expire. `isPlain…` tell those without.
 */
import type { Entry } from "../../protocol/entries.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import type { Conversation } from "../model.ts";
import type { ConversationRow, OutboxRow } from "../store.ts";
import { isNumbered, type NumberedEntry, senderOf } from "./amend.ts";
import { takeExpiry, withTtl } from "./expiry.ts";
import { peopleOf, writtenBack } from "./people.ts";
import { arrangementOf, draftOf, noteMention, takePersonalState } from "./personal.ts";
import { newPlace, placeOf, takeStub } from "./place.ts";

export { takeExpiry } from "./expiry.ts";
export { blockedOf } from "./people.ts";
export { arrangementOf, foldersOf, takePersonal } from "./personal.ts";
export { reachOf, withReach } from "./reach.ts";

/** The row with what a numbered entry says beside its content. */
export function takeNumbered(
  row: ConversationRow,
  entry: NumberedEntry,
  user: string,
): ConversationRow {
  const mine = senderOf(entry) === user ? writtenBack(row, entry.body) : row;
  return takeStub(noteMention(takeExpiry(mine, entry), entry, user), entry);
}

/** As the state says it, after a reset. */
export function takeState(
  row: ConversationRow,
  state: ConversationState,
  device: string,
): ConversationRow {
  const { log: _, handed: __, ...known } = takePersonalState(row, state, device);
  const lasting = withTtl({ ...known, expiring: [] }, state.ttlSeconds ?? null);
  const last: Entry | undefined = state.last;
  return last !== undefined && isNumbered(last) ? takeExpiry(lasting, last) : lasting;
}

/** What an app sees of it. `making`: the row of the outbox that makes the group. */
export function extrasOf(row: ConversationRow, making: OutboxRow | undefined): ShownExtras {
  const { pinned, archived, mutedUntil, markedUnread, folders } = arrangementOf(row);
  const { ttlSeconds } = row.membership ?? row;
  const { mentions: [mention] = [] } = row;
  const group = placeOf(row) ?? (making && newPlace(making));
  const kept = {
    pinned,
    archived,
    mutedUntil,
    markedUnread,
    folders,
    draft: draftOf(row),
    mention,
  };
  return { ...kept, group, ttlSeconds, ...peopleOf(row) };
}

type ShownExtras = Omit<Conversation, "id" | "head" | "at" | "unread" | "read" | "peer" | "last">;
