/**
 * What to send next, and what an answer means. Messages of a conversation go in the order of their
 * counters, each naming the one before it; several conversations go side by side.
 */
import type { SubmitItem } from "../../protocol/client-frames.ts";
import { DEVICE_LIMITS, utf8Bytes } from "../../protocol/device-limits.ts";
import type { Priority } from "../../protocol/entries.ts";
import type { SubmitResult } from "../../protocol/server-frames.ts";
import type { Failure } from "../model.ts";
import type { OutboxRow } from "../store.ts";
import { isManagement } from "./amend.ts";
import { retryOf } from "./retry.ts";

/** What is known about sending a conversation beyond its rows. */
export interface Lane {
  /** Counter of this device's newest message that the server has here; a `gap` may lower it. */
  readonly base: number;
  /** Nothing is sent before this monotonic time. */
  readonly pausedUntil: number;
}

export interface PlanContext {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Monotonic and wall time. */
  readonly now: number;
  readonly wallNow: number;
  /** Older ones wait for the user's word, unless their key is in `approved`. */
  readonly askAfterMs: number;
  readonly approved: ReadonlySet<string>;
  readonly maxItems: number;
}

export interface Plan {
  readonly items: readonly SubmitItem[];
  /** When a paused conversation goes on, though nothing else happens. */
  readonly nextAt: number | undefined;
}

/** The frame's own braces and names. */
const FRAME_OVERHEAD_BYTES = 64;
/** Conversation, counters and priority of one item at their longest, frame included. */
const ITEM_OVERHEAD_BYTES = 512;

/**
 * `rows` by ascending counter. One frame is under way at a time, so all that wait are candidates:
 * conversations with something urgent first, those with nothing but bulk last.
 */
export function planSubmit(rows: Iterable<OutboxRow>, context: PlanContext): Plan {
  const prev = new Map<string, number>();
  const held = new Set<string>();
  const failed = new Set<string>();
  const items: SubmitItem[] = [];
  let bytes = FRAME_OVERHEAD_BYTES;
  let nextAt: number | undefined;
  for (const row of byUrgency([...rows])) {
    if (items.length >= context.maxItems) break;
    const { conversation, counter } = row;
    const lane = context.lanes.get(conversation) ?? NEW_LANE;
    const before = Math.max(prev.get(conversation) ?? 0, lane.base < counter ? lane.base : 0);
    if (row.status.kind === "failed") failed.add(conversation);
    if (row.status.kind !== "waiting") continue;
    // Behind a failed message waits what was said after it, and not, say, the wish to leave.
    const isBehind = failed.has(conversation) && !isManagement(row.content);
    const isUploading = row.uploads !== undefined;
    if (isBehind || isUploading || isUnasked(row, context)) held.add(conversation);
    if (held.has(conversation)) continue;
    if (lane.pausedUntil > context.now) {
      nextAt = Math.min(nextAt ?? lane.pausedUntil, lane.pausedUntil);
      held.add(conversation);
      continue;
    }
    const item = itemOf(row, before);
    bytes += utf8Bytes(JSON.stringify(item)) + 1;
    if (bytes > DEVICE_LIMITS.frameBytes && items.length > 0) break;
    items.push(item);
    prev.set(conversation, counter);
  }
  return { items, nextAt };
}

const RANKS: Record<Priority, number> = { urgent: 0, normal: 1, bulk: 2 };

/** A whole conversation goes ahead or yields: its own order never changes. */
function byUrgency(rows: OutboxRow[]): OutboxRow[] {
  if (rows.every(({ priority }) => priority === "normal")) return rows;
  const ranks = new Map<string, number>();
  for (const { conversation, priority, status } of rows) {
    if (status.kind !== "waiting") continue;
    ranks.set(conversation, Math.min(ranks.get(conversation) ?? RANKS.bulk, RANKS[priority]));
  }
  const rankOf = ({ conversation }: OutboxRow) => ranks.get(conversation) ?? RANKS.bulk;
  return rows.sort((a, b) => rankOf(a) - rankOf(b));
}

const NEW_LANE: Lane = { base: 0, pausedUntil: 0 };

function itemOf(row: OutboxRow, prev: number): SubmitItem {
  const { conversation, counter, content, priority, draft } = row;
  return {
    conversation,
    counter,
    prev,
    ...(priority === "normal" ? {} : { priority }),
    ...(draft === undefined ? {} : { draft }),
    body: content,
  };
}

function isUnasked(row: OutboxRow, context: PlanContext): boolean {
  return (
    row.status.kind === "waiting" &&
    context.wallNow - row.createdAt > context.askAfterMs &&
    !context.approved.has(row.key)
  );
}

export type Answer =
  | { readonly kind: "accepted"; readonly number: number | null; readonly at: number }
  /** Send again from the message after `have`. */
  | { readonly kind: "gap"; readonly have: number }
  | { readonly kind: "later"; readonly afterMs: number }
  | { readonly kind: "failed"; readonly failure: Failure };

export const LATER_MS = 1_000;

export function judgeAnswer(result: SubmitResult, wallNow: number): Answer {
  const { error } = result;
  if (error === undefined) {
    return { kind: "accepted", number: result.number ?? null, at: result.at ?? wallNow };
  }
  const retry = retryOf(error.code);
  if (retry === "resend" && error.have !== undefined) return { kind: "gap", have: error.have };
  if (retry !== "never") return { kind: "later", afterMs: error.retryAfterMs ?? LATER_MS };
  return { kind: "failed", failure: failureOf(error) };
}

export function failureOf(error: {
  readonly code: Failure["code"];
  readonly field?: string | undefined;
  readonly rule?: string | undefined;
}): Failure {
  return {
    code: error.code,
    retryable: error.code === "expired" || error.code === "gave-up" || error.code === "timeout",
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.rule === undefined ? {} : { rule: error.rule }),
  };
}

/** Alone in its frame it would still be over the limit, and end the connection each time. */
export function fitsFrame(row: Pick<OutboxRow, "content">): boolean {
  return outboxBytes(row) <= DEVICE_LIMITS.frameBytes - ITEM_OVERHEAD_BYTES;
}

/** When a waiting row fails though nobody refused it; wall time. */
export function expiresAt(row: OutboxRow, messageTtlMs: number): number {
  return row.createdAt + Math.min(messageTtlMs, row.failAfterMs ?? messageTtlMs);
}

export function expiryOf(
  row: OutboxRow,
  messageTtlMs: number,
  wallNow: number,
): Failure | undefined {
  if (row.status.kind !== "waiting" || wallNow < expiresAt(row, messageTtlMs)) return undefined;
  const ownLimit = row.failAfterMs !== undefined && row.failAfterMs < messageTtlMs;
  return failureOf({ code: ownLimit ? "gave-up" : "expired" });
}

/** Whether the server itself said no: only then may the message go again under a new id. */
export function isDefinite(failure: Failure): boolean {
  return !failure.retryable;
}

export function outboxBytes(row: Pick<OutboxRow, "content">): number {
  return utf8Bytes(JSON.stringify(row.content));
}
