/** This user's place in a group: what it says, and what it makes of what is unread. */
import type { Entry } from "../../protocol/entries.ts";
import type { Membership } from "../../protocol/groups.ts";
import type { Conversation, GroupPlace } from "../model.ts";
import type { ConversationRow, OutboxRow } from "../store.ts";
import type { NumberedEntry } from "./amend.ts";
import { logCursor } from "./followed.ts";
import { withoutRead } from "./reading.ts";

/**
 * The row once the group has said so. Who comes is shown what was there before and has not missed
 * it, who goes misses nothing; the server counts the same way.
 */
export function takePlace(
  row: ConversationRow,
  place: Membership,
  { at, seq = 0 }: Pick<Entry, "at"> & { readonly seq?: number },
): ConversationRow {
  const before = row.membership;
  if (before !== undefined && before.version >= place.version) {
    // A state has told it before, and what came between that state and this may be stubs.
    return before.version > place.version ? row : returned(row, place);
  }
  const { log: _, ...rest } = row;
  // A switch begins where the copy ends, and a copy where the log did.
  const log = place.mode === "large" ? { log: row.log ?? row.head } : {};
  const isNew = before?.state !== "member" || place.from > before.from;
  const after = { ...rest, ...log, ...handedAfter(row, place, isNew, seq), membership: place };
  if (place.state !== "member") {
    const end = Math.min(row.head, place.version);
    return withoutRead(passedOver(after, end), end);
  }
  // What was said in the log, between what is here and where copies begin, was never heard.
  const isShort = logCursor(row) < (place.copyFrom ?? 0) - 1;
  if (!isNew) return isShort ? returned(after, place) : after;
  const come = { ...passedOver(after, place.version - 1), start: place.from };
  // A group that nobody has written in yet has its place in the list all the same.
  return returned({ ...come, at: Math.max(row.at, at) }, place);
}

/** What is here already may be stubs, or have been spoken of unheard: it is asked for again. */
function returned(row: ConversationRow, { state, from }: Membership): ConversationRow {
  return state === "member" && from <= row.head ? { ...row, reread: row.head } : row;
}

/**
 * Copies that begin late in a log have a stub for the edit of what is before them: what that made of
 * it, the log knows.
 */
export function takeStub(row: ConversationRow, { body, number }: NumberedEntry): ConversationRow {
  const { membership } = row;
  if (body.kind !== "withheld" || membership?.state !== "member") return row;
  const { mode, from, copyFrom = from } = membership;
  const isOfCopy = mode === "copy" && from < copyFrom && copyFrom <= number;
  return isOfCopy ? { ...row, reread: row.head } : row;
}

/**
 * Once the timeline does not bring all of a group, the app is handed it by numbers, for good: after
 * what the copy had, and for who is new from their coming on.
 */
function handedAfter(
  { handed, head, membership }: ConversationRow,
  place: Membership,
  isNew: boolean,
  seq: number,
): Pick<ConversationRow, "handed"> {
  if (place.state !== "member") return {};
  // From a state: what was handed before it is not known, and the first head says where it goes on.
  const isUntold = handed === undefined && membership?.mode === "large";
  if (isUntold && !isNew && place.mode === "large") return {};
  const reach = Math.max(head, place.from - 1);
  const isWhole = place.mode === "copy" && (place.copyFrom ?? 1) <= reach + 1;
  if (handed === undefined && isWhole) return {};
  const first = isNew ? Math.max(reach, place.version - 1) : head;
  const { upTo, since } = handed ?? { upTo: first, since: seq };
  return { handed: { upTo: Math.max(upTo, isNew ? place.from - 1 : 0), since } };
}

/**
 * Nothing up to there is unread. A large group may have told by then of the stay that follows: that is
 * taken, and counted, once its place is known.
 */
function passedOver(row: ConversationRow, number: number): ConversationRow {
  const read = Math.max(row.read, number);
  return {
    ...row,
    ...(row.log === undefined ? {} : { log: Math.min(row.log, number) }),
    head: Math.min(row.head, number),
    read,
    readTold: Math.max(row.readTold, read),
    unread: 0,
    mentions: [],
  };
}

/** In a direct conversation there is none. */
export function placeOf(row: ConversationRow | undefined): GroupPlace | undefined {
  if (row?.membership === undefined) return undefined;
  const { version: _, kind: __, ...place } = row.membership;
  return { ...place, isKnown: true };
}

/** As its maker sees a group that the server has not heard of. */
export function newPlace({ content }: OutboxRow): GroupPlace | undefined {
  if (content.kind !== "group-create") return undefined;
  const { title, picture, about, writers = "all", inviters = "admins", history = "join" } = content;
  return {
    ...{ isKnown: false, state: "member", role: "owner", from: 1, mode: "copy" },
    ...{ title, writers, inviters, history },
    ...(picture === undefined ? {} : { picture }),
    ...(about === undefined ? {} : { about }),
  };
}

/**
 * Whether this user may write there at that time, ms since 1970. What is sent all the same is
 * refused with `not-allowed`, or `not-found` after one has left.
 */
export function mayWrite({ group }: Pick<Conversation, "group">, nowMs: number): boolean {
  if (group === undefined) return true;
  if (group.state !== "member" || (group.silencedUntil ?? 0) > nowMs) return false;
  return group.writers === "all" || group.role !== "member";
}

/** Whether this user may add people to the group. */
export function mayInvite({ group }: Pick<Conversation, "group">): boolean {
  if (group?.state !== "member") return false;
  return group.inviters === "all" || group.role !== "member";
}
