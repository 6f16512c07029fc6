import type { Change } from "./change.ts";
import type { LeaderContext } from "./context.ts";
import { Sending } from "./sending.ts";
import { UploadGate } from "./upload-gate.ts";

/** Sends the outbox, and uploads before what has to be there first. */
export class Outgoing extends Sending {
  readonly #uploads: UploadGate;

  /** `name`: of the stores. */
  constructor(context: LeaderContext, counter: number, name: string) {
    super(context, counter);
    this.#uploads = new UploadGate(context, name, () => this.flush());
  }

  override flush(): void {
    super.flush();
    this.#uploads.flush();
  }

  override lost(): void {
    super.lost();
    this.#uploads.lost();
  }

  override stop(): void {
    super.stop();
    this.#uploads.stop();
  }

  /** After the book knows of it. */
  changed(change: Change): void {
    this.#uploads.changed(change);
  }
}
