/**
 * How far a user has a conversation. Marks are cumulative and only grow, so any word of them may be
 * lost, doubled or late: two words join to what either says. A message below `delivered` that no
 * device of the user has stands in `except`, until one has it.
 */
import { DEVICE_LIMITS } from "./device-limits.ts";

/** First and last number, both included. */
export type NumberSpan = readonly [from: number, to: number];

export interface Marks {
  /** Stored on a device of the user. */
  readonly delivered: number;
  /** Seen by the person. */
  readonly read: number;
  /** Numbers up to `delivered` that no device has, ascending, with room between the spans. */
  readonly except?: readonly NumberSpan[] | undefined;
}

export const NO_MARKS: Marks = { delivered: 0, read: 0 };

/** Whether a device of the user has the message. */
export function isDelivered({ delivered, except = [] }: Marks, number: number): boolean {
  return number <= delivered && !except.some(([from, to]) => from <= number && number <= to);
}

/** What either says: a message is delivered when one of the two says so. */
export function joinMarks(a: Marks, b: Marks): Marks {
  const delivered = Math.max(a.delivered, b.delivered);
  const read = Math.max(a.read, b.read);
  return marksOf(delivered, read, overlap(missing(a), missing(b)));
}

/** Marks with those of `spans` that they pass. More than `DEVICE_LIMITS.exceptSpans` run together. */
export function marksOf(delivered: number, read: number, spans: readonly NumberSpan[]): Marks {
  const passed = spans
    .filter(([from]) => from <= delivered)
    .map(([from, to]): NumberSpan => [from, Math.min(to, delivered)]);
  return passed.length === 0 ? { delivered, read } : { delivered, read, except: bounded(passed) };
}

/** Whether `a` says anything that `b` does not. */
export function exceeds(a: Marks, b: Marks): boolean {
  if (a.delivered > b.delivered || a.read > b.read) return true;
  const { except = [] } = b;
  return length(overlap(except, missing(a))) < length(except);
}

/** `spans` with these numbers among them. */
export function withNumbers(
  spans: readonly NumberSpan[],
  numbers: readonly number[],
): readonly NumberSpan[] {
  const added = numbers.map((number): NumberSpan => [number, number]);
  const joined: NumberSpan[] = [];
  for (const [from, to] of [...spans, ...added].sort(([a], [b]) => a - b)) {
    const [start, end] = joined.at(-1) ?? [0, -1];
    if (from > end + 1) joined.push([from, to]);
    else joined.splice(-1, 1, [start, Math.max(end, to)]);
  }
  return bounded(joined);
}

function missing({ delivered, except = [] }: Marks): readonly NumberSpan[] {
  return [...except, [delivered + 1, Number.POSITIVE_INFINITY]];
}

function overlap(some: readonly NumberSpan[], others: readonly NumberSpan[]): NumberSpan[] {
  return some.flatMap(([from, to]) =>
    others
      .map(([start, end]): NumberSpan => [Math.max(from, start), Math.min(to, end)])
      .filter(([first, last]) => first <= last),
  );
}

function length(spans: readonly NumberSpan[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** The oldest run together: too much may be said to be missing, never too little. */
function bounded(spans: readonly NumberSpan[]): readonly NumberSpan[] {
  const excess = spans.length - DEVICE_LIMITS.exceptSpans;
  const [first] = spans;
  const last = spans[excess];
  if (excess <= 0 || first === undefined || last === undefined) return spans;
  return [[first[0], last[1]], ...spans.slice(excess + 1)];
}
