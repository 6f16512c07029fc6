import { useEffect, useState } from "react";
import { useSession } from "../session/session-context.ts";
import { useThread } from "../thread/thread-context.ts";
import { useDraft } from "./drafts.ts";

/** The draft, or while a message is edited its text: the draft is untouched by that. */
export function useComposerText(conversation: string): readonly [string, (text: string) => void] {
  const { user } = useSession();
  const { intent } = useThread();
  const draft = useDraft(user, conversation);
  const edited = intent.kind === "edit" ? intent.message : undefined;
  const original = edited?.content.kind === "text" ? edited.content.text : "";
  const [editing, setEditing] = useState("");
  useEffect(() => setEditing(original), [original]);
  return edited === undefined ? draft : [editing, setEditing];
}
