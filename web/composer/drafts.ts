import { useEffect } from "react";
import type { Conversation } from "../../client/index.ts";
import { useObservable } from "../../client/react/index.ts";
import { kept } from "../hooks/kept.ts";
import { newValue } from "../hooks/value.ts";
import { useSession } from "../session/session-context.ts";
import { draftKey } from "./draft.ts";

const composing = newValue("");

/** Tells the list which conversation's composer is open. */
export function useComposing(conversation: string): void {
  useEffect(() => {
    composing.set(conversation);
    return () => composing.set("");
  }, [conversation]);
}

/** As the list shows it: not while it is being typed, but as soon as one looks elsewhere. */
export function useDraftPreview({ id, draft }: Conversation): string {
  const writing = useObservable(composing);
  const { client } = useSession();
  if (writing === id) return "";
  // What a page that ended in the middle of a word could not keep elsewhere.
  const text = kept(draftKey(client, id)) ?? draft?.text ?? "";
  return text.trim().replace(/\s+/g, " ").slice(0, 120);
}
