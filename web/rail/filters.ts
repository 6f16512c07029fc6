import { type Conversation, type Folder, parseConversation } from "../../client/index.ts";

/** What can be listed beside a folder of one's own. */
export const LISTS = ["unread", "direct", "groups", "archived"] as const;
export type List = (typeof LISTS)[number];

export function isUnread({ unread, markedUnread }: Conversation): boolean {
  return unread > 0 || markedUnread;
}

export function isMuted({ mutedUntil }: Conversation, now: number): boolean {
  return mutedUntil !== undefined && mutedUntil > now;
}

/** Those of a list; of none: all but the archived ones. A folder that is gone lists all. */
export function listed(
  conversations: readonly Conversation[],
  list: string | undefined,
  folders: readonly Folder[],
): readonly Conversation[] {
  return conversations.filter((one) => isListed(one, list, folders));
}

function isListed(one: Conversation, list: string | undefined, folders: readonly Folder[]) {
  if (list === "archived") return one.archived;
  if (one.archived) return false;
  if (list === "unread") return isUnread(one);
  if (list === "groups" || list === "direct") {
    return (parseConversation(one.id)?.kind === "direct") === (list === "direct");
  }
  return !folders.some(({ id }) => id === list) || one.folders.includes(list ?? "");
}
