/** Sends the outbox: one frame under way at a time, repeated until each message has its answer. */
import type { SubmitItem } from "../../protocol/client-frames.ts";
import { DEVICE_LIMITS } from "../../protocol/device-limits.ts";
import type { ServerFrame, SubmitResult } from "../../protocol/server-frames.ts";
import {
  type Answer,
  expiresAt,
  expiryOf,
  failureOf,
  isDefinite,
  judgeAnswer,
  LATER_MS,
  planSubmit,
} from "../core/outbox.ts";
import { HoldfastError } from "../errors.ts";
import type { Failure } from "../model.ts";
import type { OutboxRow } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { LeaderContext } from "./context.ts";
import { Lanes } from "./lanes.ts";
import type { Phase } from "./messages.ts";
import { OutboxRows } from "./outbox-rows.ts";
import { RowsInOrder } from "./rows-in-order.ts";

type ErrorFrame = Extract<ServerFrame, { t: "error" }>;

interface UnderWay {
  readonly prev: number;
  readonly sentAt: number;
}

/** No answer for so long: `delayed`, and the link is checked; twice that: sent again. */
const DELAYED_MS = 8_000;
const LOOK_AGAIN_MS = 3_600_000;

export class Sending {
  readonly #context: LeaderContext;
  readonly #alarm: Alarm;
  readonly #lanes: Lanes;
  readonly #rows: OutboxRows;
  readonly inOrder: RowsInOrder;
  readonly #underWay = new Map<number, UnderWay>();
  readonly #attempts = new Map<number, number>();
  readonly #approved = new Set<string>();
  #items: readonly SubmitItem[] = [];
  #maxItems: number = DEVICE_LIMITS.submitItems;

  constructor(context: LeaderContext, newestCounter: number) {
    this.#context = context;
    this.inOrder = new RowsInOrder(context, newestCounter, () => this.flush());
    this.#lanes = new Lanes(context.book);
    this.#rows = new OutboxRows(context);
    this.#alarm = new Alarm(context.platform.clock, () => this.#tick());
  }

  /** A session began, or rows were added. */
  flush(): void {
    const { connector, book, platform, config } = this.#context;
    if (!connector.ready || this.#underWay.size > 0) return this.#arm(undefined);
    const now = platform.clock.monotonic();
    const rows = this.inOrder.of(book.outbox.sorted());
    const { items, nextAt } = planSubmit(rows, {
      lanes: this.#lanes.of(rows),
      now,
      wallNow: platform.clock.now(),
      askAfterMs: config.askAfterMs,
      approved: this.#approved,
      maxItems: this.#maxItems,
    });
    if (items.length > 0) this.#submit(items, now);
    this.#arm(nextAt);
  }

  /** The session is over: what was under way goes again with the next one. */
  lost(): void {
    this.#release([...this.#underWay.keys()]);
    this.#lanes.clear();
    this.#sweep();
  }

  accepted(results: readonly SubmitResult[]): void {
    this.#context.writer.enter(() => this.#settle(results));
  }

  /** A whole frame was refused; nothing of it was stored. */
  refused(frame: ErrorFrame): void {
    const { error } = frame;
    const index = /^items\.(\d+)/.exec(error.field ?? "")?.[1];
    const only = this.#items.length === 1 ? this.#items[0] : undefined;
    const blamed = index === undefined ? only : (this.#items[Number(index)] ?? only);
    const later = judgeAnswer({ conversation: "", counter: 0, error }, 0).kind === "later";
    if (later) {
      const until = this.#now + (error.retryAfterMs ?? LATER_MS);
      for (const { conversation } of this.#items) this.#lanes.pause(conversation, until);
    } else if (blamed !== undefined) {
      const { conversation, counter } = blamed;
      this.#release([...this.#underWay.keys()].filter((other) => other !== counter));
      return this.accepted([{ conversation, counter, error }]);
    } else {
      this.#maxItems = Math.max(1, Math.floor(this.#items.length / 2));
    }
    this.#release([...this.#underWay.keys()]);
    this.#sweep();
    this.flush();
  }

  /** Messages of this device came back by the timeline, which may happen before their answer. */
  returned(conversation: string, counter: number): void {
    this.#lanes.accepted(conversation, counter);
    if (this.#underWay.delete(counter)) this.#finish(undefined);
    // One copy of it may have been refused and another one not: what has waited behind it goes now.
    else this.flush();
  }

  async resend(key: string): Promise<void> {
    const { platform, writer } = this.#context;
    await writer.run(async () => {
      const row = this.#waitingRow(key);
      this.#approved.add(key);
      this.#attempts.delete(row.counter);
      this.#lanes.forget(row.conversation);
      if (this.#underWay.has(row.counter)) this.#release(this.#unanswered(DELAYED_MS));
      if (row.status.kind !== "failed") return;
      const isOvertaken = this.#lanes.overtaken(row.conversation) > row.counter;
      const isAnew = isOvertaken && isDefinite(row.status.failure);
      const createdAt = platform.clock.now();
      const again: OutboxRow = { ...row, createdAt, status: { kind: "waiting" } };
      await (isAnew ? this.#rows.sendAnew(again) : this.#rows.put([again]));
    });
    this.flush();
  }

  async drop(key: string): Promise<void> {
    await this.#context.writer.run(async () => {
      const row = this.#waitingRow(key);
      await this.#rows.remove(row);
      this.#underWay.delete(row.counter);
    });
    this.flush();
  }

  stop(): void {
    this.#alarm.end();
  }

  get #now(): number {
    return this.#context.platform.clock.monotonic();
  }

  /** Throws for a key that names nothing that could still be changed. */
  #waitingRow(key: string): OutboxRow {
    const row = this.#context.book.outbox.byKey(key);
    if (row !== undefined && row.status.kind !== "accepted") return row;
    throw new HoldfastError("unknown-key");
  }

  #submit(items: readonly SubmitItem[], now: number): void {
    this.#items = items;
    for (const { counter, prev } of items) {
      this.#underWay.set(counter, { prev, sentAt: now });
      this.#attempts.set(counter, (this.#attempts.get(counter) ?? 0) + 1);
    }
    this.#phase([...this.#underWay.keys()], "sending");
    this.#context.connector.send({ t: "submit", items: [...items] });
    this.#context.connector.pulse.asked();
  }

  async #settle(results: readonly SubmitResult[]): Promise<void> {
    const changed: OutboxRow[] = [];
    let sentAt: number | undefined;
    for (const result of results) {
      const sent = this.#underWay.get(result.counter);
      sentAt ??= sent?.sentAt;
      const after = this.#judge(result, sent);
      if (after !== undefined) changed.push(after);
    }
    if (changed.length > 0 && !(await this.#rows.put(changed))) return;
    this.#release(results.map(({ counter }) => counter));
    this.#maxItems = Math.min(DEVICE_LIMITS.submitItems, this.#maxItems * 2);
    this.#sweep();
    this.#finish(sentAt);
  }

  /** The row as the answer leaves it; undefined when it stays as it is. */
  #judge(result: SubmitResult, sent: UnderWay | undefined): OutboxRow | undefined {
    const { conversation, counter } = result;
    const row = this.#context.book.outbox.get(counter);
    if (row === undefined || row.conversation !== conversation) return undefined;
    const answer: Answer = judgeAnswer(result, this.#context.platform.clock.now());
    switch (answer.kind) {
      case "accepted":
        this.#lanes.accepted(conversation, counter);
        return { ...row, status: answer };
      case "gap":
        this.#lanes.set(conversation, {
          base: answer.have,
          // The server repeats what it was just told: asking at once would go round for ever.
          pausedUntil: answer.have === sent?.prev ? this.#now + LATER_MS : 0,
        });
        return undefined;
      case "later":
        this.#lanes.pause(conversation, this.#now + answer.afterMs);
        return undefined;
      case "failed":
        return { ...row, status: answer };
    }
  }

  #finish(sentAt: number | undefined): void {
    const open = this.#underWay.size > 0;
    const roundTripMs = sentAt === undefined ? undefined : this.#now - sentAt;
    this.#context.connector.pulse.answered(roundTripMs, open);
    if (!open) this.flush();
  }

  /** No longer under way; what still waits shows it. */
  #release(counters: readonly number[]): void {
    const late: number[] = [];
    const soon: number[] = [];
    for (const counter of counters) {
      const sent = this.#underWay.get(counter);
      this.#underWay.delete(counter);
      const status = this.#context.book.outbox.get(counter)?.status;
      if (sent === undefined || status?.kind !== "waiting") continue;
      (this.#now - sent.sentAt >= DELAYED_MS ? late : soon).push(counter);
    }
    this.#phase(late, "delayed");
    this.#phase(soon, "queued");
  }

  #phase(counters: readonly number[], phase: Phase): void {
    if (counters.length === 0) return;
    const { book } = this.#context;
    const changed = counters.filter((counter) => book.phaseOf(counter) !== phase);
    this.#context.tell({ phases: changed.map((counter) => [counter, phase]) });
  }

  #tick(): void {
    const overdue = this.#unanswered(DELAYED_MS);
    if (overdue.length > 0) {
      this.#phase(overdue, "delayed");
      this.#context.connector.pulse.check();
      this.#release(this.#unanswered(2 * DELAYED_MS));
    }
    this.#sweep();
    this.flush();
  }

  #unanswered(forMs: number): number[] {
    const late = [...this.#underWay].filter(([, { sentAt }]) => this.#now - sentAt >= forMs);
    return late.map(([counter]) => counter);
  }

  /** Fails what has used up its time or its attempts. */
  #sweep(): void {
    const { book, platform, config, writer } = this.#context;
    const wallNow = platform.clock.now();
    const failed: OutboxRow[] = [];
    for (const row of book.outbox.values()) {
      const failure = expiryOf(row, config.messageTtlMs, wallNow) ?? this.#exhausted(row);
      if (failure !== undefined) failed.push({ ...row, status: { kind: "failed", failure } });
    }
    if (failed.length === 0) return;
    writer.enter(async () => {
      const still = failed.filter((row) => book.outbox.get(row.counter)?.status.kind === "waiting");
      if (still.length > 0) await this.#rows.put(still);
      this.#release(still.map(({ counter }) => counter));
      this.flush();
    });
  }

  #exhausted(row: OutboxRow): Failure | undefined {
    const attempts = this.#attempts.get(row.counter) ?? 0;
    const used = row.maxAttempts !== undefined && attempts >= row.maxAttempts;
    if (!used || row.status.kind !== "waiting" || this.#underWay.has(row.counter)) return undefined;
    return failureOf({ code: "gave-up" });
  }

  #arm(nextAt: number | undefined): void {
    const { book, platform, config } = this.#context;
    const wallNow = platform.clock.now();
    let delay = LOOK_AGAIN_MS;
    for (const row of book.outbox.values()) {
      if (row.status.kind !== "waiting") continue;
      const left = expiresAt(row, config.messageTtlMs) - wallNow;
      // One that is over already is being failed: look whether that worked.
      delay = Math.min(delay, left > 0 ? left : LATER_MS);
    }
    let at = Math.min(this.#now + delay, nextAt ?? Number.POSITIVE_INFINITY);
    for (const { sentAt } of this.#underWay.values()) {
      const late = this.#now - sentAt >= DELAYED_MS;
      at = Math.min(at, sentAt + (late ? 2 : 1) * DELAYED_MS);
    }
    this.#alarm.set(book.outbox.size === 0 ? undefined : at);
  }
}
