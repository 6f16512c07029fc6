import type { Address } from "../../protocol/hand-offs.ts";
import { parseConversation } from "../../protocol/ids.ts";
import { fnv1a } from "./hash.ts";

export function isGroup(conversation: string): conversation is `group:${string}` {
  return conversation.startsWith("group:");
}

/**
 * The one object that issues a conversation's numbers. For a direct conversation both users compute
 * the same answer from the conversation's name alone; the hash spreads the work over both sides.
 * This rule may never change: two versions that run beside each other must agree.
 */
export function homeOf(conversation: string): Address | undefined {
  const parsed = parseConversation(conversation);
  if (parsed === undefined) return undefined;
  if (parsed.kind === "group") return `group:${parsed.group}`;
  const [first, second] = parsed.users;
  return fnv1a(conversation) % 2 === 0 ? `user:${first}` : `user:${second}`;
}
