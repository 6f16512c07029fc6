/** How far groups say that their logs are: the place of this user may come to be known only later. */
import type { ServerFrame } from "../../protocol/server-frames.ts";

export type LogFrame = Extract<ServerFrame, { t: "log" }>;
export type HeadFrame = Extract<ServerFrame, { t: "head" }>;

interface Heard {
  /** What the group has said last of how far it is. */
  readonly head: HeadFrame | undefined;
  /** As far as is known. */
  readonly to: number;
  /** In which stay the row of the conversation has taken it: where that begins. Undefined: not yet. */
  readonly stay: number | undefined;
}

export class HeardLogs {
  readonly #heard = new Map<string, Heard>();

  /** `stay`: there is a row that takes it. */
  hear(frame: LogFrame | HeadFrame, stay: number | undefined): void {
    const before = this.#heard.get(frame.conversation) ?? { head: undefined, to: 0, stay };
    const isHead = frame.t === "head";
    this.#heard.set(frame.conversation, {
      head: isHead ? frame : before.head,
      to: Math.max(before.to, isHead ? frame.number : frame.to),
      stay: before.stay,
    });
  }

  /** The session has ended: the next one is told anew. */
  clear(): void {
    this.#heard.clear();
  }

  /** The rows were made anew, from a state that says nothing of logs. */
  forget(): void {
    for (const [conversation, heard] of this.#heard) {
      this.#heard.set(conversation, { ...heard, stay: undefined });
    }
  }

  /** What waits for a row, or for that of a later stay, of those that there are now. */
  takeWaiting(
    stayIn: (conversation: string) => number | undefined,
  ): readonly (readonly [string, Heard])[] {
    const waiting = [...this.#heard].flatMap(([conversation, heard]) => {
      const stay = stayIn(conversation);
      const isTaken = stay === undefined || stay === heard.stay;
      return isTaken ? [] : [[conversation, { ...heard, stay }] as const];
    });
    for (const [conversation, heard] of waiting) this.#heard.set(conversation, heard);
    return waiting;
  }

  /** All that is known, by conversation. */
  *ends(): Iterable<readonly [string, number]> {
    for (const [conversation, { to }] of this.#heard) yield [conversation, to];
  }
}
