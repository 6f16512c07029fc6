/** This user's read marks: kept here at once, told to the server until it is known to have them. */

import { exceeds } from "../../protocol/marks.ts";
import type { ServerFrame } from "../../protocol/server-frames.ts";
import { emptyRow, peerHas, peerMarks } from "../core/conversations.ts";
import { markRead } from "../core/reading.ts";
import { countUnread } from "../core/unread.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import { EXTRAS } from "./parts.ts";

type TotalsFrame = Extract<ServerFrame, { t: "totals" }>;
type MarksFrame = Extract<ServerFrame, { t: "marks" }>;

export class Marking {
  readonly #context: LeaderContext;
  readonly #alarm: Alarm;

  constructor(context: LeaderContext) {
    this.#context = context;
    this.#alarm = new Alarm(context.platform.clock, () => this.start());
  }

  async read(conversation: string, number: number): Promise<void> {
    const { book, store, writer } = this.#context;
    await writer.run(async () => {
      const before = book.rows.get(conversation) ?? emptyRow(conversation);
      const upTo = Math.min(number, before.head);
      const marked = markRead(before, upTo);
      if (marked === before) return;
      const beyond = await store.range(conversation, upTo + 1, marked.head);
      const row = { ...marked, unread: countUnread(marked, beyond, book.user) };
      if (!(await writer.commit({ conversations: [row] }, { rows: [row] }))) return;
      this.#tellServer(conversation, upTo);
    });
  }

  /** A session began: what the server may not have heard of. */
  start(): void {
    for (const { conversation, read, readTold } of this.#context.book.rows.values()) {
      if (read > readTold) this.#tellServer(conversation, read);
    }
  }

  /** The server could not take a mark just now. */
  again(afterMs: number): void {
    this.#alarm.setEarlier(this.#context.platform.clock.monotonic() + afterMs);
  }

  stop(): void {
    this.#alarm.end();
  }

  /** A hint of how far the other side is; the durable word follows as an entry. */
  hint(marks: MarksFrame): void {
    const { book, writer } = this.#context;
    const { conversation, user, delivered, read, routed } = marks;
    if (user === book.user) return;
    writer.enter(async () => {
      const before = book.rows.get(conversation);
      const row = before && peerHas(before, marks, routed);
      if (row === undefined || row === before) return;
      this.#context.tell({ rows: [row] });
      if (before !== undefined && !exceeds(peerMarks(row), peerMarks(before))) return;
      this.#context.emit({ type: "receipt", conversation, user, delivered, read });
    });
  }

  /** A hint of how many have one's own message in a group. */
  reached({ conversation, number, delivered, read, of }: TotalsFrame): void {
    const { book, writer, tell } = this.#context;
    writer.enter(async () => {
      const { withReach } = await EXTRAS.load();
      const before = book.rows.get(conversation);
      if (before !== undefined) {
        tell({ rows: [withReach(before, { number, delivered, read, of })] });
      }
    });
  }

  /** A group that one has left takes no marks. */
  #tellServer(conversation: string, number: number): void {
    const place = this.#context.book.rows.get(conversation)?.membership;
    if (place && place.state !== "member") return;
    this.#context.connector.send({ t: "read", conversation, number });
  }
}
