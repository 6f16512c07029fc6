import { useEffect, useMemo } from "react";
import { useObservable } from "../../client/react/index.ts";
import { keep, kept } from "../hooks/kept.ts";
import { newValue, type Value } from "../hooks/value.ts";

const drafts = new Map<string, Value<string>>();

function keyOf(user: string, conversation: string): string {
  return `holdfast.draft.${user} ${conversation}`;
}

/** What is typed and not sent, per conversation; in this browser's storage after each key. */
export function draftOf(user: string, conversation: string): Value<string> {
  const key = keyOf(user, conversation);
  const known = drafts.get(key);
  if (known !== undefined) return known;
  const draft = newValue(kept(key) ?? "");
  drafts.set(key, draft);
  draft.subscribe(() => keep(key, draft.get()));
  return draft;
}

/** As the list shows it: not while it is being typed, but as soon as one looks elsewhere. */
export function useDraftPreview(user: string, conversation: string): string {
  const draft = useObservable(draftOf(user, conversation));
  const writing = useObservable(composing);
  return writing === conversation ? "" : draft.trim().replace(/\s+/g, " ").slice(0, 120);
}

const composing = newValue("");

/** Tells the list which conversation's composer is open. */
export function useComposing(conversation: string): void {
  useEffect(() => {
    composing.set(conversation);
    return () => composing.set("");
  }, [conversation]);
}

export function useDraft(
  user: string,
  conversation: string,
): readonly [string, (text: string) => void] {
  const draft = useMemo(() => draftOf(user, conversation), [user, conversation]);
  return [useObservable(draft), draft.set];
}
