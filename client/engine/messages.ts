/** From rows to what an app sees. */
import { isDelivered } from "../../protocol/marks.ts";
import { isCountable, isGroupNews, isShown, senderOf } from "../core/amend.ts";
import { peerMarks } from "../core/conversations.ts";
import type { Failure, Message, MessageState, Reach } from "../model.ts";
import type { ConversationRow, OutboxRow, StoredEntry } from "../store.ts";
import { EXTRAS } from "./parts.ts";

/** How far one's own message has come in a group. */
export function reachOf(row: ConversationRow | undefined, number: number): Reach | undefined {
  return row?.reaches && EXTRAS.now?.reachOf(row, number);
}

/** What is happening to a waiting row right now; not worth keeping. */
export type Phase = "queued" | "sending" | "delayed";

export function stateOfRow(row: OutboxRow, phase: Phase): MessageState {
  return row.status.kind === "waiting" ? phase : row.status.kind;
}

function failureOfRow(row: OutboxRow): Failure | undefined {
  return row.status.kind === "failed" ? row.status.failure : undefined;
}

export function messageOfRow(row: OutboxRow, phase: Phase, user: string, device: string): Message {
  const { status } = row;
  const accepted = status.kind === "accepted" ? status : undefined;
  return {
    key: row.key,
    conversation: row.conversation,
    id: user === "" ? undefined : `${user}:${device}:${row.counter}`,
    number: accepted?.number ?? undefined,
    from: user,
    own: true,
    at: accepted?.at ?? row.createdAt,
    content: row.content,
    priority: row.priority,
    edited: false,
    expiresAt: undefined,
    reactions: NO_REACTIONS,
    state: stateOfRow(row, phase),
    reach: undefined,
    failure: failureOfRow(row),
  };
}

export function messageOfEntry(
  stored: StoredEntry,
  row: ConversationRow | undefined,
  user: string,
): Message {
  const { entry } = stored;
  const from = senderOf(entry);
  const own = from === user;
  return {
    key: stored.key ?? entry.id ?? `${entry.conversation} ${entry.number}`,
    conversation: entry.conversation,
    id: entry.id,
    number: entry.number,
    from,
    own,
    at: entry.at,
    content: entry.body,
    priority: entry.priority ?? "normal",
    edited: entry.changes?.edited !== undefined,
    expiresAt: entry.changes?.expiresAt,
    reactions: entry.changes?.reactions ?? NO_REACTIONS,
    state: stateOfEntry(stored, row, own),
    reach: own ? reachOf(row, entry.number) : undefined,
    failure: undefined,
  };
}

/** One's own by the other side's marks; the others' are delivered by being here. */
export function stateOfEntry(
  { entry }: StoredEntry,
  row: ConversationRow | undefined,
  own: boolean,
): MessageState {
  if (entry.body.kind === "recalled") return "recalled";
  const reach = own ? reachOf(row, entry.number) : undefined;
  if (reach !== undefined && reach.of > 0) return stateOfReach(reach);
  const { number } = entry;
  if (!own) return number <= (row?.read ?? 0) ? "read" : "delivered";
  if (row === undefined) return "accepted";
  if (!isDelivered(peerMarks(row), number)) return number <= row.peerRouted ? "routed" : "accepted";
  return number <= row.peerRead ? "read" : "delivered";
}

function stateOfReach({ delivered, read, of }: Reach): MessageState {
  if (read >= of) return "read";
  return delivered >= of ? "delivered" : "accepted";
}

export function isListed(row: OutboxRow): boolean {
  return isCountable(row.content);
}

export function isListedEntry(stored: StoredEntry): boolean {
  return isShown(stored.entry.body) || isGroupNews(stored.entry.body);
}

const NO_REACTIONS: Message["reactions"] = Object.freeze({});
