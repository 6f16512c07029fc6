import { type KeyboardEvent, useRef } from "react";
import type { Message } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { useThread, WRITE } from "../thread/thread-context.ts";
import { wordsOf } from "../thread/words.ts";

/** Safari ends a composition before it tells of the Enter that ended it. */
const AFTER_COMPOSITION_MS = 50;
const IME_KEY_CODE = 229;

/** Enter sends, unless it chooses a word in an input method; Shift+Enter breaks the line. */
export function useComposerKeys(text: string, submit: () => void) {
  const { client } = useSession();
  const { conversation, intent, intend } = useThread();
  const composedAt = useRef(Number.NEGATIVE_INFINITY);

  const isComposing = (event: KeyboardEvent) =>
    event.nativeEvent.isComposing ||
    event.keyCode === IME_KEY_CODE ||
    event.timeStamp - composedAt.current < AFTER_COMPOSITION_MS;

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && intent !== WRITE) {
      event.preventDefault();
      intend(WRITE);
    } else if (event.key === "ArrowUp" && text === "" && intent === WRITE && !event.altKey) {
      const message = lastOwn(client.messages(conversation).get().messages);
      if (message === undefined) return;
      event.preventDefault();
      intend({ kind: "edit", message });
    }
  };
  const onCompositionEnd = (event: { readonly timeStamp: number }) => {
    composedAt.current = event.timeStamp;
  };
  return { onKeyDown, onCompositionEnd };
}

function lastOwn(messages: readonly Message[]): Message | undefined {
  return messages.findLast(
    ({ own, number, content }) => own && number !== undefined && wordsOf(content) !== undefined,
  );
}
