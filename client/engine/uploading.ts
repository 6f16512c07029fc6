/** Uploads what messages of the outbox need before they can be sent. Loaded with the first of them. */
import type { StoredFile } from "../../protocol/files.ts";
import { failureOf } from "../core/outbox.ts";
import {
  bytesKey,
  isUpload,
  planUploads,
  totalBytes,
  type UploadRow,
  uploadedRow,
  uploadRetryMs,
} from "../core/upload.ts";
import { HoldfastError } from "../errors.ts";
import type { FilePlatform, UploadStore } from "../files.ts";
import type { Failure } from "../model.ts";
import type { OutboxRow, PendingUpload } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import { FileCalls } from "./file-calls.ts";
import { OutboxRows } from "./outbox-rows.ts";
import { uploadFile } from "./upload-file.ts";

/** Bytes that no message of the outbox needs are forgotten after this: one may be on its way there. */
const ORPHAN_MS = 3_600_000;

export interface UploadingSetup {
  readonly context: LeaderContext;
  readonly files: FilePlatform;
  readonly store: UploadStore;
  /** A message can be sent now. */
  onReady(): void;
}

export class Uploading {
  readonly #setup: UploadingSetup;
  readonly #rows: OutboxRows;
  readonly #alarm: Alarm;
  readonly #running = new Map<number, FileCalls>();
  /** What the server calls what it has a part of. */
  readonly #begun = new Map<number, string>();
  readonly #attempts = new Map<number, number>();
  readonly #heldUntil = new Map<number, number>();

  constructor(setup: UploadingSetup) {
    this.#setup = setup;
    this.#rows = new OutboxRows(setup.context);
    this.#alarm = new Alarm(setup.context.platform.clock, () => this.flush());
    this.#forgetOrphans().catch(() => {
      // Room that is taken for nothing is taken back another time.
    });
  }

  /** A session began, or rows were added. */
  flush(): void {
    const { book, connector, platform, writer } = this.#setup.context;
    if (!connector.ready) return;
    const running = new Set(this.#running.keys());
    const now = platform.clock.monotonic();
    const { start, nextAt } = planUploads(book.outbox.sorted(), running, this.#heldUntil, now);
    for (const row of start) this.#run(row).catch((error) => writer.broken(error));
    this.#alarm.set(nextAt);
  }

  /** The session is over: requests on the same line would only wait for their deadlines. */
  lost(): void {
    for (const calls of this.#running.values()) calls.cancel("offline");
    this.#heldUntil.clear();
    this.#alarm.clear();
  }

  /** These messages are in the outbox no more: sent, or dropped in the middle. */
  gone(rows: readonly OutboxRow[]): void {
    for (const { counter, key } of rows) {
      this.#running.get(counter)?.cancel("dropped");
      const begun = this.#begun.get(counter);
      if (begun !== undefined) void this.#giveUp(begun);
      this.#begun.delete(counter);
      this.#attempts.delete(counter);
      this.#heldUntil.delete(counter);
      // The same message may go on under another counter.
      if (this.#setup.context.book.outbox.byKey(key) === undefined) void this.#forget(key);
    }
    this.flush();
  }

  stop(): void {
    this.#alarm.end();
    for (const calls of this.#running.values()) calls.cancel("closed");
  }

  async #run(row: UploadRow): Promise<void> {
    const { counter } = row;
    const { clock } = this.#setup.context.platform;
    const calls = this.#newCalls();
    this.#running.set(counter, calls);
    this.#attempts.set(counter, (this.#attempts.get(counter) ?? 0) + 1);
    try {
      const stored = await this.#uploadAll(row, calls);
      await this.#keep(row, uploadedRow(row, stored));
    } catch (error) {
      const failure = this.#failureOf(row, error);
      if (failure !== undefined) {
        await this.#keep(row, { ...row, status: { kind: "failed", failure } });
      } else {
        const attempts = this.#attempts.get(counter) ?? 1;
        const delayMs = uploadRetryMs(attempts, this.#setup.context.platform.random.unit());
        this.#heldUntil.set(counter, clock.monotonic() + delayMs);
      }
    } finally {
      this.#running.delete(counter);
      this.flush();
    }
  }

  async #uploadAll(
    row: UploadRow,
    calls: FileCalls,
  ): Promise<ReadonlyMap<PendingUpload["field"], StoredFile>> {
    const { context } = this.#setup;
    const total = totalBytes(row);
    const stored = new Map<PendingUpload["field"], StoredFile>();
    let before = 0;
    for (const upload of row.uploads) {
      const sent = (bytes: number) =>
        context.tell({ progress: [[row.counter, { sent: before + bytes, total }]] });
      stored.set(upload.field, await this.#upload(row, upload, calls, sent));
      before += upload.bytes;
      this.#begun.delete(row.counter);
    }
    context.tell({ progress: [[row.counter, { sent: total, total }]] });
    return stored;
  }

  async #upload(
    row: UploadRow,
    { field, copyOf }: PendingUpload,
    calls: FileCalls,
    sent: (bytes: number) => void,
  ): Promise<StoredFile> {
    const { files, store } = this.#setup;
    if (copyOf !== undefined) {
      const answer = await calls.copy(copyOf);
      if (answer.state === "open") throw new HoldfastError("internal");
      return answer;
    }
    const bytes = await store.get(bytesKey(row.key, field));
    if (bytes === undefined) throw new HoldfastError("bytes-lost");
    const named = (file: string) => void this.#begun.set(row.counter, file);
    return uploadFile(calls, bytes, await files.sha256(bytes), { sent, named });
  }

  /** In the outbox, unless the message was dropped or failed meanwhile. */
  async #keep(row: UploadRow, after: OutboxRow): Promise<void> {
    const { book, writer } = this.#setup.context;
    await writer.run(async () => {
      const now = book.outbox.get(row.counter);
      if (now !== undefined && isUpload(now)) await this.#rows.put([after]);
    });
    this.#setup.onReady();
  }

  /** Undefined: it is tried again. */
  #failureOf(row: UploadRow, error: unknown): Failure | undefined {
    // A store that fails now may work later.
    if (!(error instanceof HoldfastError)) return undefined;
    const attempts = this.#attempts.get(row.counter) ?? 0;
    if (row.maxAttempts !== undefined && attempts >= row.maxAttempts) {
      return failureOf({ code: "gave-up" });
    }
    // Signing in again is the connection's affair; what was dropped has no row any more.
    const isPassing = error.retryable || error.code === "unauthenticated";
    return isPassing || error.code === "dropped" ? undefined : failureOf(error);
  }

  #newCalls(): FileCalls {
    const { context, files } = this.#setup;
    return new FileCalls(files, context.config.url, context.platform.clock, context.tokens);
  }

  /** Best effort: what is left of it is erased by the server in time. */
  async #giveUp(file: string): Promise<void> {
    await this.#newCalls()
      .giveUp(file)
      .catch(() => {});
  }

  async #forget(key: string): Promise<void> {
    const { store } = this.#setup;
    const fields: readonly PendingUpload["field"][] = ["file", "thumbnail"];
    // What could not be deleted is an orphan, and goes with those.
    await Promise.all(fields.map((field) => store.delete(bytesKey(key, field)).catch(() => {})));
  }

  async #forgetOrphans(): Promise<void> {
    const { store, context } = this.#setup;
    const wallNow = context.platform.clock.now();
    for (const { key, at } of await store.keys()) {
      const owner = key.slice(0, key.lastIndexOf("/"));
      const isOrphan = context.book.outbox.byKey(owner) === undefined;
      if (isOrphan && Math.abs(wallNow - at) > ORPHAN_MS) await store.delete(key);
    }
  }
}
