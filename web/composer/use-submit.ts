import { useSession } from "../session/session-context.ts";
import { useThread, WRITE } from "../thread/thread-context.ts";
import { excessOf } from "./excess.ts";
import { keepUntil } from "./unsent.ts";
import type { ComposerText } from "./use-composer-text.ts";

/** Does what the composer is about to do, in the conversation that it was opened for. */
export function useSubmit({ text, draft }: ComposerText, onSent: () => void) {
  const { client, user } = useSession();
  const { conversation, intent, intend, amendments } = useThread();
  return () => {
    const said = text.trim();
    if (said === "" || excessOf(text) > 0) return;
    if (intent.kind === "edit") {
      amendments.edit(intent.message, said);
    } else {
      const replyTo = intent.kind === "reply" ? intent.to.number : undefined;
      const content = { kind: "text", text: said } as const;
      const { queued } = client.send(
        conversation,
        replyTo === undefined ? content : { ...content, replyTo },
        { fromDraft: true },
      );
      keepUntil(queued, user, conversation, said);
      draft.sent();
      onSent();
    }
    intend(WRITE);
  };
}
