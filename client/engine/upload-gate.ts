import type { UploadStore } from "../files.ts";
import type { OutboxRow } from "../store.ts";
import type { Change } from "./change.ts";
import type { LeaderContext } from "./context.ts";
import type { Uploading } from "./uploading.ts";

/** Stands for `Uploading` until something is to be uploaded: most sessions never load it. */
export class UploadGate {
  readonly #context: LeaderContext;
  readonly #name: string;
  readonly #onReady: () => void;
  /** Messages whose bytes are kept here. */
  readonly #rows = new Map<number, OutboxRow>();
  #uploading: Promise<Uploading | undefined> | undefined;
  #stopped = false;

  constructor(context: LeaderContext, name: string, onReady: () => void) {
    this.#context = context;
    this.#name = name;
    this.#onReady = onReady;
  }

  /** A session began, or rows were added. */
  flush(): void {
    const rows = [...this.#context.book.outbox.values()];
    const files = rows.filter(({ content }) => content.kind === "file");
    for (const row of files) this.#rows.set(row.counter, row);
    const isUrgent = files.some(({ uploads }) => uploads !== undefined);
    if (isUrgent) this.#do((uploading) => uploading.flush());
  }

  /** After the book knows of it. */
  changed({ gone = [] }: Change): void {
    const rows = gone.flatMap((counter) => this.#rows.get(counter) ?? []);
    for (const { counter } of rows) this.#rows.delete(counter);
    if (rows.length > 0) this.#do((uploading) => uploading.gone(rows));
  }

  lost(): void {
    if (this.#uploading !== undefined) this.#do((uploading) => uploading.lost());
  }

  stop(): void {
    this.#stopped = true;
    void this.#uploading?.then((uploading) => uploading?.stop());
  }

  #do(act: (uploading: Uploading) => void): void {
    this.#uploading ??= this.#load();
    void this.#uploading.then((uploading) => {
      if (uploading !== undefined && !this.#stopped) act(uploading);
    });
  }

  /** Undefined where this runtime can't move files, or its part of the app could not be loaded. */
  async #load(): Promise<Uploading | undefined> {
    const { platform } = this.#context;
    try {
      const [files, { Uploading }] = await Promise.all([
        platform.files?.(),
        import("./uploading.ts"),
      ]);
      if (files === undefined) return undefined;
      const store: UploadStore = files.openUploads(this.#name);
      return new Uploading({ context: this.#context, files, store, onReady: this.#onReady });
    } catch {
      // Tried again with the next session or message.
      this.#uploading = undefined;
      return undefined;
    }
  }
}
