import { useEffect } from "react";
import { useMessages } from "../../client/react/index.ts";
import { keep, kept } from "../hooks/kept.ts";
import { useSession } from "../session/session-context.ts";
import type { Draft } from "./draft.ts";

/** What the keys of such texts begin with, before the user. */
export const UNSENT = "holdfast.unsent.";

function keyOf(user: string, conversation: string): string {
  return `${UNSENT}${user} ${conversation}`;
}

/**
 * Until the SDK has a text in its store, a page that ends would lose it: it is kept beside the
 * drafts for these milliseconds.
 */
export function keepUntil(
  queued: Promise<unknown>,
  user: string,
  conversation: string,
  text: string,
): void {
  const key = keyOf(user, conversation);
  keep(key, text);
  const forget = () => kept(key) === text && keep(key, "");
  // Not queued at all is told by the message itself, which stays in the list as failed.
  queued.then(forget, () => undefined);
}

/** Puts what a page before this one could not queue back into the composer. */
export function useUnsent(conversation: string, draft: Draft): void {
  const { client, user } = useSession();
  const { loaded } = useMessages(conversation);
  useEffect(() => {
    const key = keyOf(user, conversation);
    const text = kept(key);
    if (!loaded || text === undefined) return;
    keep(key, "");
    const { messages } = client.messages(conversation).get();
    const last = messages.findLast(({ own }) => own)?.content;
    if (last?.kind === "text" && last.text === text) return;
    draft.type([text, draft.text.get()].filter(Boolean).join("\n"));
  }, [client, user, conversation, loaded, draft]);
}
