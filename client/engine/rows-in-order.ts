/**
 * Rows of other tabs may be heard of after later ones of this tab. What is sent must not overtake
 * them: the server could never take them any more.
 */
import type { OutboxRow } from "../store.ts";
import type { LeaderContext } from "./context.ts";

export class RowsInOrder {
  readonly #context: LeaderContext;
  readonly #onMore: () => void;
  /** All rows up to this counter are, or were, in the book. */
  #complete: number;
  #isReading = false;

  /** `counter`: where the book begins to be complete; `onMore`: rows that were missing are here. */
  constructor(context: LeaderContext, counter: number, onMore: () => void) {
    this.#context = context;
    this.#complete = counter;
    this.#onMore = onMore;
  }

  /** Those of `rows`, by ascending counter, that no unknown one precedes. Looks for unknown ones. */
  of(rows: readonly OutboxRow[]): readonly OutboxRow[] {
    for (const { counter } of rows) if (counter === this.#complete + 1) this.#complete = counter;
    const newest = rows.at(-1)?.counter ?? 0;
    if (newest <= this.#complete) return rows;
    this.look();
    return rows.filter(({ counter }) => counter <= this.#complete);
  }

  /** Reads what other tabs may have written without telling. */
  look(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    const { book, store, tell, read, writer } = this.#context;
    writer.enter(async () => {
      try {
        const image = await store.read();
        const { meta, outbox } = image;
        const missing = outbox.filter(({ counter }) => !book.outbox.has(counter));
        if (missing.length > 0) tell({ outbox: missing });
        read(image);
        this.#complete = Math.max(this.#complete, meta.counter);
      } finally {
        this.#isReading = false;
      }
      this.#onMore();
    });
  }
}
