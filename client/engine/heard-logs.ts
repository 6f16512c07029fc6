/** How far groups say that their logs are: the place of this user may come to be known only later. */
import type { ServerFrame } from "../../protocol/server-frames.ts";

export type LogFrame = Extract<ServerFrame, { t: "log" }>;
export type HeadFrame = Extract<ServerFrame, { t: "head" }>;

interface Heard {
  /** What the group has said last of how far it is. */
  readonly head: HeadFrame | undefined;
  /** As far as is known. */
  readonly to: number;
  /** Whether the row of the conversation has taken it. */
  readonly isTaken: boolean;
}

export class HeardLogs {
  readonly #heard = new Map<string, Heard>();

  /** `isFollowed`: there is a row that takes it. */
  hear(frame: LogFrame | HeadFrame, isFollowed: boolean): void {
    const { head, to = 0, isTaken = true } = this.#heard.get(frame.conversation) ?? {};
    const isHead = frame.t === "head";
    this.#heard.set(frame.conversation, {
      head: isHead ? frame : head,
      to: Math.max(to, isHead ? frame.number : frame.to),
      isTaken: isTaken && isFollowed,
    });
  }

  /** The session has ended: the next one is told anew. */
  clear(): void {
    this.#heard.clear();
  }

  /** The rows were made anew, from a state that says nothing of logs. */
  forget(): void {
    for (const [conversation, heard] of this.#heard) {
      this.#heard.set(conversation, { ...heard, isTaken: false });
    }
  }

  /** What waits for a row, of those that there are now; it counts as taken. */
  takeWaiting(
    isFollowed: (conversation: string) => boolean,
  ): readonly (readonly [string, Heard])[] {
    const waiting = [...this.#heard].filter(
      ([conversation, { isTaken }]) => !isTaken && isFollowed(conversation),
    );
    for (const [conversation, heard] of waiting) {
      this.#heard.set(conversation, { ...heard, isTaken: true });
    }
    return waiting;
  }

  /** All that is known, by conversation. */
  *ends(): Iterable<readonly [string, number]> {
    for (const [conversation, { to }] of this.#heard) yield [conversation, to];
  }
}
