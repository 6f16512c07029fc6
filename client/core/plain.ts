/** Conversations, entries and states that have nothing of what `extras.ts` is for. */
import type { Entry } from "../../protocol/entries.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import type { Conversation } from "../model.ts";
import type { ConversationRow, OutboxRow } from "../store.ts";
import { isNumbered } from "./amend.ts";
import { emptyRow } from "./conversations.ts";

const ROW_FIELDS = new Set([...Object.keys(emptyRow("")), "peerExcept"]);
const STATE_FIELDS = new Set("conversation head headSeq at unread read peer last".split(" "));
const OWN_KINDS = new Set(["read", "failed", "receipt"]);

export function isPlainRow(row: ConversationRow): boolean {
  return Object.keys(row).every((name) => ROW_FIELDS.has(name));
}

export function isPlainState(state: ConversationState): boolean {
  const { last } = state;
  const isPlain = Object.keys(state).every((name) => STATE_FIELDS.has(name));
  return isPlain && (last === undefined || isPlainEntry(last));
}

export function isPlainEntry(entry: Entry): boolean {
  const { body, changes } = entry;
  if (!isNumbered(entry)) return OWN_KINDS.has(body.kind);
  if (body.kind === "text") {
    return changes?.expiresAt === undefined && !body.mentions && !body.everyone;
  }
  return changes?.expiresAt === undefined && body.kind !== "ttl";
}

/** A group that is being made is shown before the server knows of it. */
export function isPlainOutbox({ content }: OutboxRow): boolean {
  return content.kind !== "group-create";
}

/** What is shown of a plain row. */
export const PLAIN = {
  ...{ pinned: false, archived: false, mutedUntil: undefined, markedUnread: false, folders: [] },
  ...{ draft: undefined, mention: undefined, group: undefined, ttlSeconds: undefined },
  ...{ request: undefined, gone: false },
} satisfies Partial<Conversation>;
