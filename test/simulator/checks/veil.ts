import { formatMessageId } from "../../../protocol/ids.ts";
import { isDelivered, type Marks } from "../../../protocol/marks.ts";
import { parseConversation } from "../../../protocol/names.ts";
import type { LogRow } from "../../../worker/core/row.ts";
import type { Counters } from "../sometimes.ts";
import type { Truth } from "./truth.ts";

/** R16: what others say in direct conversations while this user keeps them out. */
export class Veil {
  /** By conversation: numbers that this user does not see. */
  readonly numbers = new Map<string, number[]>();
  /** What nobody may send this user's devices. */
  readonly texts: string[] = [];

  /** Returns what is wrong with the row. */
  take(
    row: LogRow,
    me: string,
    blocked: ReadonlySet<string>,
    truth: Truth,
    counters: Counters,
  ): string | undefined {
    const { conversation, number, origin, body } = row;
    if (origin.user === me || parseConversation(conversation)?.kind !== "direct") return undefined;
    const id = formatMessageId(origin);
    const content = truth.sent.get(id)?.content;
    if (body.kind !== "withheld") {
      const isOut = blocked.has(origin.user) && body.kind !== "recall";
      return isOut ? `R16 ${id} is seen by who keeps its sender out` : undefined;
    }
    const isOut = blocked.has(origin.user);
    if (content?.kind === "text" && !isOut) return `R16 ${id} is kept from ${me}`;
    const unseen = this.numbers.get(conversation) ?? [];
    const target = content !== undefined && "target" in content ? content.target : 0;
    // An edit of what was recalled is a stub for everybody.
    if (!isOut && !unseen.includes(target)) return undefined;
    this.numbers.set(conversation, [...unseen, number]);
    if (content !== undefined && "text" in content) this.texts.push(content.text);
    counters.note("kept out");
    return undefined;
  }

  /** A message that the other side is said to have, and does not see; marks are the sender's. */
  deliveredBehind(conversation: string, marks: Marks): number | undefined {
    return this.numbers.get(conversation)?.find((number) => isDelivered(marks, number));
  }
}
