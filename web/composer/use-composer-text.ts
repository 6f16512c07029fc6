import { useState } from "react";
import { useThread } from "../thread/thread-context.ts";
import { wordsOf } from "../thread/words.ts";
import type { Draft } from "./draft.ts";
import { useDraft } from "./use-draft.ts";

export interface ComposerText {
  readonly text: string;
  readonly draft: Draft;
  set(text: string): void;
}

/**
 * The draft, or while a message is edited its words: the draft is untouched by that. What is typed
 * belongs to the edit it was typed in; until then the message's own words stand there, at once, so
 * that no key is lost to a later render.
 */
export function useComposerText(conversation: string): ComposerText {
  const { intent } = useThread();
  const { draft, text } = useDraft(conversation);
  const [typed, setTyped] = useState({ intent, text: "" });
  if (intent.kind !== "edit") return { text, draft, set: (next) => draft.type(next) };
  return {
    text: typed.intent === intent ? typed.text : (wordsOf(intent.message.content) ?? ""),
    draft,
    set: (next) => setTyped({ intent, text: next }),
  };
}
