/** Which numbers of a log a page of history has: the same for a server and for a local store. */

/** At most one says where the page is; none: at the newest. */
export interface Places {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
}

export interface Wanted extends Places {
  readonly limit: number;
}

/** `from` to `to`, ends included, and the one of them that the page must have. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly anchor: number;
}

export const ONE_PLACE = "one-of:before,after,around";

export function isOnePlace({ before, after, around }: Places): boolean {
  return [before, after, around].filter((place) => place !== undefined).length <= 1;
}

/** Undefined: there is nothing. Near the ends of the log a page around a number is as long as any. */
export function rangeOf(wanted: Wanted, oldest: number, newest: number): Range | undefined {
  const { before = newest + 1, after, around, limit } = wanted;
  if (newest < oldest) return undefined;
  if (after !== undefined) {
    const from = Math.max(oldest, after + 1);
    return from > newest ? undefined : { from, to: upTo(newest, from + limit - 1), anchor: from };
  }
  if (around !== undefined) {
    const anchor = Math.min(newest, Math.max(oldest, around));
    const to = upTo(newest, Math.max(anchor + Math.floor((limit - 1) / 2), oldest + limit - 1));
    return { from: Math.max(oldest, to - limit + 1), to, anchor };
  }
  const to = upTo(newest, before - 1);
  return to < oldest ? undefined : { from: Math.max(oldest, to - limit + 1), to, anchor: to };
}

function upTo(newest: number, number: number): number {
  return Math.min(newest, number);
}
