/**
 * Which messages of a log have their time still to come, kept without a row or an index of their
 * own: messages of the same time-to-live expire in the order of their numbers, so it is enough to
 * know for each time-to-live where the oldest may stand. Server and device do this alike.
 */

/** Among the numbers `from … to` are messages that expire `ttlMs` after their acceptance. */
export interface Span {
  readonly ttlMs: number;
  readonly from: number;
  readonly to: number;
}

/** What is looked at; `expiresAt` is absent where nothing expires. */
export interface Mortal {
  readonly number: number;
  readonly at: number;
  readonly expiresAt: number | undefined;
}

export function withMortal(spans: readonly Span[], { number, at, expiresAt }: Mortal): Span[] {
  if (expiresAt === undefined) return [...spans];
  const ttlMs = expiresAt - at;
  const known = spans.find((span) => span.ttlMs === ttlMs);
  const { from = number, to = number } = known ?? {};
  const wider = { ttlMs, from: Math.min(from, number), to: Math.max(to, number) };
  return [...spans.filter((span) => span !== known), wider];
}

/** What of a span is over: `rest` is what remains, `dueAt` when its oldest message expires. */
export interface Progress<Row> {
  readonly over: readonly Row[];
  readonly rest: Span | undefined;
  readonly dueAt: number | undefined;
}

/** `rows` are those of the span up to `upTo`, oldest first; holes are nothing to wait for. */
export function progress<Row extends Mortal>(
  span: Span,
  rows: readonly Row[],
  upTo: number,
  now: number,
): Progress<Row> {
  const over: Row[] = [];
  for (const row of rows) {
    const { expiresAt, at, number } = row;
    if (expiresAt === undefined) continue;
    if (expiresAt <= now) over.push(row);
    else if (expiresAt - at === span.ttlMs) {
      return { over, rest: { ...span, from: number }, dueAt: expiresAt };
    }
  }
  const rest = upTo < span.to ? { ...span, from: upTo + 1 } : undefined;
  return { over, rest, dueAt: rest === undefined ? undefined : now };
}
