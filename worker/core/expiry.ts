import { type Body, type Changes, isCountable } from "../../protocol/entries.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { type Span, withMortal } from "../../protocol/expiring.ts";
import type { LogEntry } from "../../protocol/hand-offs.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Logged } from "./row.ts";

/**
 * Message time-to-live. The home says with each message when it expires, by its own clock; from then
 * on no object tells what it said, and sooner or later the row says so too.
 */
export interface ExpiryState {
  /** How long the messages live that are numbered now; absent: as long as the conversation. */
  ttlSeconds?: number;
  /** Where messages are that have their time still to come. */
  expiring?: readonly Span[];
}

export const EXPIRED: Body = { kind: "expired" };

/** Rows are blanked this share of their time-to-live late, so that many share one alarm. */
const SWEEP_SHARE = 0.25;
const LATEST_SWEEP_MS = 6 * 3_600_000;

/** What is known of a message from its acceptance on. */
export function changesAtFirst(state: ExpiryState, body: Body, now: number): Changes | null {
  const { ttlSeconds } = state;
  if (ttlSeconds === undefined || !isCountable(body)) return null;
  return { expiresAt: now + ttlSeconds * 1_000 };
}

/** Whether this time-to-live may be set: many different ones under way would have to be kept. */
export function refuseTtl({ expiring = [] }: ExpiryState): ErrorCode | null {
  return expiring.length < LIMITS.ttlsUnderWay ? null : "too-big";
}

/** Takes one more row of the log into account. */
export function takeExpiry(state: ExpiryState, row: Logged): void {
  const { body } = row;
  if (body.kind === "ttl") {
    if (body.seconds === null) delete state.ttlSeconds;
    else state.ttlSeconds = body.seconds;
  }
  if (row.changes?.expiresAt !== undefined) {
    state.expiring = withMortal(state.expiring ?? [], mortal(row));
  }
}

export function mortal<Row extends Logged>(row: Row) {
  return { row, number: row.number, at: row.at, expiresAt: row.changes?.expiresAt };
}

/** Its time is over, whether the row says so already or not. */
export function isExpired({ changes }: Pick<Logged, "changes">, now: number): boolean {
  return changes?.expiresAt !== undefined && changes.expiresAt <= now;
}

/** As `isExpired`; an edit goes with its message, which `find` brings. */
export function isOver(
  row: Pick<Logged, "body" | "changes">,
  now: number,
  find: (number: number) => Pick<Logged, "changes"> | undefined,
): boolean {
  if (isExpired(row, now)) return true;
  const target = row.body.kind === "edit" ? find(row.body.target) : undefined;
  return target !== undefined && isExpired(target, now);
}

/** What is told in its place. */
export function remains({ kind }: Body): Body {
  return kind === "edit" ? { kind: "withheld" } : EXPIRED;
}

/** When rows of this time-to-live whose oldest expires at `dueAt` are blanked at the latest. */
export function sweepAt(dueAt: number, ttlMs: number): number {
  return dueAt + Math.min(LATEST_SWEEP_MS, Math.ceil(ttlMs * SWEEP_SHARE));
}

/** When something expires in a conversation, and when its rows are to be blanked. */
export interface Due {
  readonly dueAt: number;
  readonly sweepAt: number;
}

export function earlier(a: Due | undefined, b: Due): Due {
  if (a === undefined) return b;
  return { dueAt: Math.min(a.dueAt, b.dueAt), sweepAt: Math.min(a.sweepAt, b.sweepAt) };
}

/** What is still told of an entry that passes on. */
export function withoutExpired(
  entry: LogEntry,
  now: number,
  find: (number: number) => Pick<Logged, "changes"> | undefined,
): LogEntry {
  const { changes, ...rest } = entry;
  const isGone = isOver({ body: entry.body, changes: changes ?? null }, now, find);
  return isGone ? { ...rest, body: remains(entry.body) } : entry;
}
