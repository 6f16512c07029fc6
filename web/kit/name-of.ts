import { type Conversation, peerOf } from "../../client/index.ts";
import { useConversation } from "../../client/react/index.ts";
import { type Called, useCalled } from "../people/profiles.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import type { Say } from "../text/texts.ts";

/** What of a conversation says how it is called. */
export type Named = Pick<Conversation, "id" | "group">;

/** What a conversation is called for `user`. */
export function nameOf({ id, group }: Named, user: string, say: Say, called: Called): string {
  if (group !== undefined) return group.title;
  const peer = peerOf(id, user);
  if (peer === undefined) return say("group");
  return peer === user ? say("notes") : called(peer);
}

export function useName(conversation: string): string {
  const { user } = useSession();
  const say = useSay();
  const called = useCalled();
  const known = useConversation(conversation) ?? { id: conversation, group: undefined };
  return nameOf(known, user, say, called);
}
