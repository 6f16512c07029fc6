/**
 * The order of hits, and how a page says where the next one begins. A hit's rank is the same whenever
 * it is asked for: instead of letting relevance fade with age, being newer adds to it.
 */
export interface Ranked {
  readonly rank: number;
  readonly seq: number;
}

/** Where a page begins: among the entries below `below`, after a hit that was told already. */
export interface Place {
  readonly below: number;
  readonly after?: Ranked;
}

/** Being this much older counts as much as being half as relevant. */
const HALF_LIFE_MS = 30 * 86_400_000;
/** Ranks are whole numbers, so that they survive being written down. */
const RANK_UNITS = 1_000_000;

export const PLACE = /^\d{1,16}(?:-\d{1,16}-\d{1,16})?$/;

export function rankOf(relevance: number, at: number): number {
  const rank = Math.log2(relevance) + at / HALF_LIFE_MS;
  return Math.max(0, Math.round(rank * RANK_UNITS));
}

export function compareRanks(a: Ranked, b: Ranked): number {
  return b.rank - a.rank || b.seq - a.seq;
}

export function writePlace({ below, after }: Place): string {
  return after === undefined ? `${below}` : `${below}-${after.rank}-${after.seq}`;
}

/** `text` fits PLACE. */
export function readPlace(text: string): Place {
  const [below = 0, rank, seq] = text.split("-").map(Number);
  return rank === undefined || seq === undefined ? { below } : { below, after: { rank, seq } };
}
