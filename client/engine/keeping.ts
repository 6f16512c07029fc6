/** Folds a run of entries into the store and tells what came of it. */
import type { Entry } from "../../protocol/entries.ts";
import { exceeds, NO_MARKS } from "../../protocol/marks.ts";
import { peerOf } from "../../protocol/names.ts";
import { isShown, isWhole } from "../core/amend.ts";
import {
  counterOf,
  entryKey,
  type Fold,
  type FoldContext,
  fold,
  peerMarks,
  targets,
} from "../core/conversations.ts";
import { isPlainEntry } from "../core/plain.ts";
import type { HoldfastErrorCode } from "../errors.ts";
import type { Failure } from "../model.ts";
import type { ConversationRow, OutboxRow, StoreBatch, StoredEntry } from "../store.ts";
import type { LeaderContext } from "./context.ts";
import { storedEdits } from "./edits.ts";
import { EXTRAS } from "./parts.ts";

type About = Pick<FoldContext, "isIdle" | "known">;

export class Keeping {
  readonly #context: LeaderContext;

  constructor(context: LeaderContext) {
    this.#context = context;
  }

  /** Only within a writer's job. Undefined: fenced. Returns the numbered entries that are new. */
  async keep(
    entries: readonly Entry[],
    meta: StoreBatch["meta"] & object,
    about: About,
  ): Promise<readonly StoredEntry[] | undefined> {
    const before = new Map(this.#context.book.rows);
    const folded = await this.#fold(entries, about);
    const outbox = folded.failed.flatMap((entry) => this.#failedRow(entry));
    const rows = [...folded.rows.values()];
    const stored = [...folded.entries.values()];
    const gone = folded.returned;
    const written = await this.#context.writer.commit(
      { meta, entries: stored, conversations: rows, putOutbox: outbox, deleteOutbox: gone },
      { rows, entries: stored, arrived: folded.arrived, outbox, gone },
    );
    if (!written) return undefined;
    this.#emit(folded, before);
    return folded.arrived;
  }

  async #fold(entries: readonly Entry[], about: About): Promise<Fold> {
    const { book } = this.#context;
    const isPlain =
      entries.every(isPlainEntry) && book.isPlain(entries.map((entry) => entry.conversation));
    const extras = isPlain ? EXTRAS.now : await EXTRAS.load();
    const spokenOf = await this.#find(entries);
    const context: FoldContext = {
      user: book.user,
      device: book.device,
      row: (conversation) => book.rows.get(conversation),
      entry: (conversation, number) => spokenOf.get(entryKey(conversation, number)),
      keyOf: (counter) => book.outbox.get(counter)?.key,
      ...about,
      extras,
    };
    return fold(entries, context);
  }

  /** The stored messages that the entries say something about, with their edits. */
  async #find(entries: readonly Entry[]): Promise<Map<string, StoredEntry>> {
    const { store } = this.#context;
    const found = new Map<string, StoredEntry>();
    for (const [conversation, number, by] of targets(entries)) {
      const [target] = await store.range(conversation, number, number);
      if (!isWhole(target)) {
        const later = await store.range(conversation, number + 1, by - 1);
        for (const one of later) found.set(entryKey(conversation, one.entry.number), one);
        continue;
      }
      found.set(entryKey(conversation, number), target);
      for (const edit of await storedEdits(store, target)) {
        found.set(entryKey(conversation, edit.entry.number), edit);
      }
    }
    return found;
  }

  /** One of this device's own that was given up waits for the user's word in the outbox again. */
  #failedRow(entry: Entry): readonly OutboxRow[] {
    const { book } = this.#context;
    const counter = counterOf(entry, book.user, book.device);
    if (entry.body.kind !== "failed" || counter === 0) return [];
    const row = book.outbox.get(counter) ?? {
      key: entry.id ?? "",
      conversation: entry.conversation,
      content: entry.body.content,
      priority: entry.priority ?? "normal",
      createdAt: entry.at,
      counter,
    };
    return [{ ...row, status: { kind: "failed", failure: failureOf(entry.body.code) } }];
  }

  #emit(folded: Fold, before: ReadonlyMap<string, ConversationRow>): void {
    const { book } = this.#context;
    for (const stored of folded.arrived) {
      const foreign = counterOf(stored.entry, book.user, book.device) === 0;
      if (foreign && isShown(stored.entry.body)) {
        this.#context.emit({ type: "message", message: book.message(stored) });
      }
    }
    for (const row of folded.rows.values()) this.#emitReceipt(row, before.get(row.conversation));
    for (const { id, conversation, body } of folded.failed) {
      if (body.kind !== "failed") continue;
      const key = book.outbox.byKey(id ?? "")?.key ?? id ?? "";
      const { content, code } = body;
      const failure = failureOf(code);
      this.#context.emit({ type: "failed", key, id, conversation, content, failure });
    }
  }

  #emitReceipt(row: ConversationRow, before: ConversationRow | undefined): void {
    const { peerDelivered: delivered, peerRead: read, conversation } = row;
    if (!exceeds(peerMarks(row), before === undefined ? NO_MARKS : peerMarks(before))) return;
    const user = peerOf(conversation, this.#context.book.user) ?? "";
    this.#context.emit({ type: "receipt", conversation, user, delivered, read });
  }
}

function failureOf(code: string): Failure {
  return { code: code as HoldfastErrorCode, retryable: false };
}
