import type { Message } from "../../client/index.ts";
import type { IconName } from "../kit/icon.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useThread } from "./thread-context.ts";
import { wordsOf } from "./words.ts";

export interface Action {
  readonly text:
    | "reply"
    | "edit"
    | "editCaption"
    | "recall"
    | "forward"
    | "copy"
    | "info"
    | "resend"
    | "drop";
  readonly icon: IconName;
  readonly danger?: boolean;
  readonly act: () => void;
}

/** What may be done with this message, in the menu's order. */
export function useMessageActions(message: Message): readonly Action[] {
  const { client } = useSession();
  const { intend, forward, amendments } = useThread();
  const { route, go } = useNavigation();
  const { content, own, number, id, key, state } = message;
  if (state === "recalled") return [];

  const actions: Action[] = [];
  const words = wordsOf(content);
  const changeable = own && number !== undefined;
  if (number !== undefined) {
    actions.push({
      text: "reply",
      icon: "reply",
      act: () => intend({ kind: "reply", to: message }),
    });
  }
  if (changeable && words !== undefined) {
    const text = content.kind === "file" ? "editCaption" : "edit";
    actions.push({ text, icon: "edit", act: () => intend({ kind: "edit", message }) });
  }
  if (words) {
    // Without the clipboard's permission nothing is copied, and nothing is lost.
    const copy = () => void navigator.clipboard.writeText(words).catch(() => undefined);
    actions.push({ text: "copy", icon: "copy", act: copy });
  }
  if (id !== undefined && number !== undefined && isForwardable(content.kind)) {
    actions.push({ text: "forward", icon: "forward", act: () => forward(message) });
  }
  if (id !== undefined) {
    const act = () => go({ ...route, panel: { kind: "info", message: id } });
    actions.push({ text: "info", icon: "info", act });
  }
  if (changeable) {
    actions.push({
      text: "recall",
      icon: "recall",
      danger: true,
      act: () => amendments.recall(message),
    });
  }
  if (own && state === "failed") {
    // Settled meanwhile in another tab: the list shows how.
    const settle = (done: Promise<void>) => void done.catch(() => undefined);
    actions.push({ text: "resend", icon: "retry", act: () => settle(client.resend(key)) });
    actions.push({
      text: "drop",
      icon: "trash",
      danger: true,
      act: () => settle(client.drop(key)),
    });
  }
  return actions;
}

function isForwardable(kind: Message["content"]["kind"]): boolean {
  return kind === "text" || kind === "file" || kind === "location" || kind === "contact";
}
