/** How the rows of the outbox change once it is known what became of their messages. */

import { isCountable } from "../core/amend.ts";
import { isDefinite } from "../core/outbox.ts";
import type { Failure } from "../model.ts";
import type { OutboxRow } from "../store.ts";
import type { LeaderContext } from "./context.ts";

export class OutboxRows {
  readonly #context: LeaderContext;

  constructor(context: LeaderContext) {
    this.#context = context;
  }

  /**
   * One commit for all. Refused ones are dropped instead where the app wants it so, and whatever
   * failed and is no message at any rate: it stands in no list, and must not hold back what does.
   */
  async put(rows: readonly OutboxRow[]): Promise<boolean> {
    const { config, writer } = this.#context;
    const dropped = rows.filter((row) => isDropped(row, config.onRejected === "drop"));
    const done = [...dropped, ...rows.filter((row) => this.#isPassed(row))];
    const kept = rows.filter((row) => !done.includes(row));
    const gone = done.map(({ counter }) => counter);
    const batch = { putOutbox: kept, deleteOutbox: gone };
    const written = await writer.commit(batch, { outbox: rows, gone });
    if (!written) return false;
    for (const row of rows) {
      if (row.status.kind === "failed") this.#emitFailed(row, row.status.failure);
    }
    return true;
  }

  async remove({ counter }: OutboxRow): Promise<void> {
    await this.#context.writer.commit({ deleteOutbox: [counter] }, { gone: [counter] });
  }

  /** Later ones have places after it, so the refused id can't be judged as new any more. */
  async sendAnew(row: OutboxRow): Promise<void> {
    const { store, tell } = this.#context;
    const again = await store.enqueue({ ...row, replaces: row.counter });
    tell({ outbox: [again], gone: [row.counter] });
  }

  /** Accepted below what a reset has skipped: its entry is in the log and never comes by the feed. */
  #isPassed({ conversation, status }: OutboxRow): boolean {
    if (status.kind !== "accepted" || status.number === null) return false;
    return status.number <= (this.#context.book.row(conversation)?.head ?? 0);
  }

  #emitFailed(row: OutboxRow, failure: Failure): void {
    const { user, device } = this.#context.book;
    const { key, conversation, content } = row;
    const id = `${user}:${device}:${row.counter}`;
    this.#context.emit({ type: "failed", key, id, conversation, content, failure });
  }
}

function isDropped(row: OutboxRow, dropsRefused: boolean): boolean {
  if (row.status.kind !== "failed") return false;
  return !isMessage(row) || (dropsRefused && isDefinite(row.status.failure));
}

/** A new group is one too: what is said in it waits for it. */
function isMessage({ content }: OutboxRow): boolean {
  return isCountable(content) || content.kind === "group-create";
}
