import { DEVICE_LIMITS } from "../../protocol/device-limits.ts";
import { outboxBytes } from "../core/outbox.ts";
import type { UploadProgress } from "../file-model.ts";
import type { Message } from "../model.ts";
import type { OutboxRow } from "../store.ts";
import { isListed, messageOfRow, type Phase } from "./messages.ts";

/** News between tabs is late by less than so many messages. */
const REMEMBERED = 1_000;

interface Made {
  readonly phase: Phase;
  readonly message: Message;
}

/** The outbox rows that this tab knows, by counter and by conversation. */
export class OutboxBook {
  /** Of all rows together. */
  bytes = 0;
  readonly #rows = new Map<number, OutboxRow>();
  readonly #byConversation = new Map<string, Set<number>>();
  readonly #phases = new Map<number, Phase>();
  readonly #progress = new Map<number, UploadProgress>();
  readonly #made = new WeakMap<OutboxRow, Made>();
  readonly #lists = new Map<string, readonly Message[]>();
  /** Counters of rows that are no more. */
  readonly #gone = new Set<number>();
  /** Up to this counter all rows that there were had been told. */
  #whole = 0;
  #waiting = 0;

  get size(): number {
    return this.#rows.size;
  }

  /** Rows that are neither accepted nor failed. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether there is no place for so many rows more, of so many bytes together. */
  isFull(rows: number, bytes: number): boolean {
    if (this.size + rows > DEVICE_LIMITS.outboxMessages) return true;
    return this.bytes + bytes > DEVICE_LIMITS.outboxBytes;
  }

  get(counter: number): OutboxRow | undefined {
    return this.#rows.get(counter);
  }

  has(counter: number): boolean {
    return this.#rows.has(counter);
  }

  values(): Iterable<OutboxRow> {
    return this.#rows.values();
  }

  /** By counter; other tabs' rows may have come in late. */
  sorted(): readonly OutboxRow[] {
    return [...this.#rows.values()].sort((a, b) => a.counter - b.counter);
  }

  byKey(key: string): OutboxRow | undefined {
    for (const row of this.#rows.values()) if (row.key === key) return row;
    return undefined;
  }

  conversations(): Iterable<string> {
    return this.#byConversation.keys();
  }

  /** Rows of a conversation that are of this kind, the oldest first. */
  first(conversation: string, kind: OutboxRow["content"]["kind"]): OutboxRow | undefined {
    for (const counter of this.#byConversation.get(conversation) ?? []) {
      const row = this.#rows.get(counter);
      if (row?.content.kind === kind) return row;
    }
    return undefined;
  }

  /** A row that is told late, by whoever wrote it, changes nothing that has come of it since. */
  put(row: OutboxRow): void {
    const before = this.#rows.get(row.counter);
    if (row.status.kind === "waiting" && before?.status.kind === "accepted") return;
    // Given up after it was accepted it is here again, and may be sent again.
    if (row.status.kind === "failed") this.#gone.delete(row.counter);
    else if (before === undefined && this.#isOver(row.counter)) return;
    if (before !== undefined) this.#count(before, -1);
    this.#rows.set(row.counter, row);
    this.#count(row, 1);
    const counters = this.#byConversation.get(row.conversation) ?? new Set();
    this.#byConversation.set(row.conversation, counters.add(row.counter));
    this.#lists.delete(row.conversation);
  }

  /** The conversation that it was in. */
  delete(counter: number): string | undefined {
    const row = this.#rows.get(counter);
    this.#phases.delete(counter);
    this.#forget(counter);
    this.#progress.delete(counter);
    if (row === undefined) return undefined;
    this.#rows.delete(counter);
    this.#count(row, -1);
    this.#lists.delete(row.conversation);
    const counters = this.#byConversation.get(row.conversation);
    counters?.delete(counter);
    if (counters?.size === 0) this.#byConversation.delete(row.conversation);
    return row.conversation;
  }

  /** `rows` are all that the store had when `upTo` was the newest; of another device nothing stays. */
  reset(rows: readonly OutboxRow[], upTo: number, isSameDevice: boolean): void {
    const later = isSameDevice ? this.sorted().filter(({ counter }) => counter > upTo) : [];
    if (!isSameDevice) this.#gone.clear();
    this.#rows.clear();
    this.#byConversation.clear();
    this.#lists.clear();
    this.bytes = 0;
    this.#waiting = 0;
    this.#whole = 0;
    for (const row of [...rows, ...later]) this.put(row);
    this.#whole = upTo;
  }

  phaseOf(counter: number): Phase {
    return this.#phases.get(counter) ?? "queued";
  }

  /** As far as this tab knows: it is neither accepted nor failed, and not gone. */
  waits(counter: number): boolean {
    const row = this.#rows.get(counter);
    return row === undefined ? !this.#isOver(counter) : row.status.kind === "waiting";
  }

  /** One that froze as leader goes on for a moment with what it knew then. */
  setPhase(counter: number, phase: Phase): void {
    if (!this.waits(counter)) return;
    this.#phases.set(counter, phase);
    const row = this.#rows.get(counter);
    if (row !== undefined) this.#lists.delete(row.conversation);
  }

  /** The conversation that it is in. */
  setProgress(counter: number, progress: UploadProgress): string {
    this.#progress.set(counter, progress);
    const { conversation = "" } = this.#rows.get(counter) ?? {};
    this.#lists.delete(conversation);
    return conversation;
  }

  /** What was accepted goes by its number, what was not comes after it. */
  messagesIn(conversation: string, user: string, device: string): readonly Message[] {
    const known = this.#lists.get(conversation);
    if (known !== undefined && known[0]?.from === user) return known;
    const rows: OutboxRow[] = [];
    for (const counter of this.#byConversation.get(conversation) ?? []) {
      const row = this.#rows.get(counter);
      if (row !== undefined && isListed(row)) rows.push(row);
    }
    rows.sort((a, b) => placeOf(a) - placeOf(b) || a.counter - b.counter);
    const messages = rows.map((row) => this.#messageOf(row, user, device));
    this.#lists.set(conversation, messages);
    return messages;
  }

  #isOver(counter: number): boolean {
    return counter <= this.#whole || this.#gone.has(counter);
  }

  #forget(counter: number): void {
    this.#gone.add(counter);
    const [oldest] = this.#gone;
    if (this.#gone.size > REMEMBERED && oldest !== undefined) this.#gone.delete(oldest);
  }

  #count(row: OutboxRow, sign: 1 | -1): void {
    this.bytes += sign * outboxBytes(row);
    if (row.status.kind === "waiting") this.#waiting += sign;
  }

  #messageOf(row: OutboxRow, user: string, device: string): Message {
    const phase = this.phaseOf(row.counter);
    const upload = row.uploads === undefined ? undefined : this.#progress.get(row.counter);
    const known = this.#made.get(row);
    const isSame = known?.phase === phase && known.message.upload === upload;
    if (isSame && known.message.from === user) return known.message;
    const plain = messageOfRow(row, phase, user, device);
    const message = upload === undefined ? plain : { ...plain, upload };
    this.#made.set(row, { phase, message });
    return message;
  }
}

function placeOf({ status }: OutboxRow): number {
  const number = status.kind === "accepted" ? status.number : null;
  return number ?? Number.MAX_SAFE_INTEGER;
}
