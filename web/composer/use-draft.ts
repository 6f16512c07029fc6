import { useEffect, useMemo } from "react";
import { useConversation, useObservable } from "../../client/react/index.ts";
import { useSession } from "../session/session-context.ts";
import { Draft } from "./draft.ts";

/** The draft of the conversation whose composer this is, and its text. */
export function useDraft(conversation: string): { readonly draft: Draft; readonly text: string } {
  const { client } = useSession();
  const stored = useConversation(conversation)?.draft?.text ?? "";
  const draft = useMemo(() => {
    // What is stored later is heard of below.
    const known = client.conversations.get().find(({ id }) => id === conversation);
    return new Draft(client, conversation, known?.draft?.text ?? "");
  }, [client, conversation]);
  useEffect(() => draft.hear(stored), [draft, stored]);
  useEffect(() => () => draft.flush(), [draft]);
  return { draft, text: useObservable(draft.text) };
}
