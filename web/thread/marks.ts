import type { MessageState } from "../../client/index.ts";
import type { IconName } from "../kit/icon.tsx";
import type { TextKey } from "../text/texts.ts";
import type { Amendment } from "./amendments.ts";

export interface Mark {
  readonly icon: IconName;
  readonly word: TextKey & `state${string}`;
  readonly tone: "plain" | "read" | "failed";
}

const WAITING: Mark = { icon: "clock", word: "stateWaiting", tone: "plain" };
const SENT: Mark = { icon: "check", word: "stateSent", tone: "plain" };

/** The closed list of marks. Two ticks only when a device has it, never from a push alone. */
const MARKS: Readonly<Record<MessageState, Mark>> = {
  queued: WAITING,
  sending: WAITING,
  delayed: { ...WAITING, word: "stateDelayed" },
  accepted: SENT,
  routed: SENT,
  delivered: { icon: "checks", word: "stateDelivered", tone: "plain" },
  read: { icon: "checks", word: "stateRead", tone: "read" },
  failed: { icon: "warning", word: "stateFailed", tone: "failed" },
  recalled: { icon: "recall", word: "stateRecalled", tone: "plain" },
};

export function markOf(state: MessageState, amendment: Amendment | undefined): Mark {
  if (amendment !== undefined && typeof amendment.progress === "string") {
    return amendment.kind === "recall"
      ? { icon: "recall", word: "stateRecalling", tone: "plain" }
      : { icon: "clock", word: "stateEditing", tone: "plain" };
  }
  return MARKS[state];
}
