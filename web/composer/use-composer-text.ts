import { useState } from "react";
import { useSession } from "../session/session-context.ts";
import { useThread } from "../thread/thread-context.ts";
import { useDraft } from "./drafts.ts";

/**
 * The draft, or while a message is edited its text: the draft is untouched by that. What is typed
 * belongs to the edit it was typed in; until then the message's own text stands there, at once, so
 * that no key is lost to a later render.
 */
export function useComposerText(conversation: string): readonly [string, (text: string) => void] {
  const { user } = useSession();
  const { intent } = useThread();
  const draft = useDraft(user, conversation);
  const [typed, setTyped] = useState({ intent, text: "" });
  if (intent.kind !== "edit") return draft;
  const { content } = intent.message;
  const original = content.kind === "text" ? content.text : "";
  return [typed.intent === intent ? typed.text : original, (text) => setTyped({ intent, text })];
}
