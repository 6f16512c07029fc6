import { peerOf } from "../../client/index.ts";
import type { Say } from "../text/texts.ts";

/** What a conversation is called for `user`. */
export function nameOf(conversation: string, user: string, say: Say): string {
  const peer = peerOf(conversation, user);
  if (peer === undefined) return conversation;
  return peer === user ? say("notes") : peer;
}
