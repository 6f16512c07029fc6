import type { OutboxRow } from "../../../client/store.ts";
import { TALK } from "./lab.ts";

/** A message that waits to be sent, the first of its device. */
export const ROW: OutboxRow = {
  key: "key-1",
  conversation: TALK,
  content: { kind: "text", text: "hello" },
  priority: "normal",
  createdAt: 0,
  counter: 1,
  status: { kind: "waiting" },
};
