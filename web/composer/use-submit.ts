import type { StagedFile } from "../files/staged.ts";
import { useSession } from "../session/session-context.ts";
import { useThread, WRITE } from "../thread/thread-context.ts";
import { wordsOf } from "../thread/words.ts";
import { excessOf } from "./excess.ts";
import { keepUntil } from "./unsent.ts";
import type { ComposerText } from "./use-composer-text.ts";

/** Whom a text means. */
type MeantIn = (text: string) => { mentions?: string[]; everyone?: boolean };

/** Does what the composer is about to do, in the conversation that it was opened for. */
export function useSubmit(
  { text, draft, set }: ComposerText,
  takeStaged: () => readonly StagedFile[],
  meant: MeantIn,
  onSent: () => void,
) {
  const { client, user } = useSession();
  const { conversation, intent, intend, amendments } = useThread();
  return () => {
    const said = text.trim();
    if (excessOf(text) > 0) return;
    const replyTo = intent.kind === "reply" ? intent.to.number : undefined;
    const quote = replyTo === undefined ? {} : { replyTo };
    const files = intent.kind === "edit" ? [] : takeStaged();
    if (files.length > 0) {
      const caption = said === "" ? {} : { caption: said };
      void import("../files/staging.ts").then(({ sendStaged }) =>
        sendStaged(client, conversation, files, { ...caption, ...quote }),
      );
      set("");
      onSent();
      return intend(WRITE);
    }
    const isCaption = intent.kind === "edit" && intent.message.content.kind === "file";
    if (said === "" && !isCaption) return;
    if (intent.kind === "edit") {
      if (said !== wordsOf(intent.message.content)) amendments.edit(intent.message, said);
    } else {
      const content = { kind: "text", text: said, ...quote, ...meant(said) } as const;
      const { queued } = client.send(conversation, content, { fromDraft: true });
      keepUntil(queued, user, conversation, said);
      draft.sent();
      onSent();
    }
    intend(WRITE);
  };
}
