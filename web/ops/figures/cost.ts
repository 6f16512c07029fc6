import { PRICES, type Usage, usdPerMillion } from "../../../protocol/prices.ts";
import { type Bucket, total } from "./series.ts";
import type { Span } from "./steps.ts";

const MONTH_MS = 30 * 24 * 3_600_000;
const MILLION = 1_000_000;

export interface CostItem {
  readonly what: keyof Usage;
  readonly used: number;
  readonly usd: number;
}

export interface Cost {
  readonly items: readonly CostItem[];
  readonly usd: number;
}

const NOTHING: Usage = {
  requests: 0,
  alarms: 0,
  frames: 0,
  rowsWritten: 0,
  rowsRead: 0,
  activeSeconds: 0,
};

/** What users' objects have cost beyond the included amounts, as far as they can tell. */
export function costOf(buckets: readonly Bucket[]): Cost {
  const usage: Usage = {
    requests: total(buckets, "requests"),
    alarms: total(buckets, "alarms"),
    frames: total(buckets, "frames"),
    rowsWritten: total(buckets, "rows_written"),
    rowsRead: total(buckets, "rows_read"),
    activeSeconds: total(buckets, "active_ms") / 1_000,
  };
  const items = (Object.keys(NOTHING) as (keyof Usage)[]).map((what) => ({
    what,
    used: usage[what],
    usd: usdPerMillion({ ...NOTHING, [what]: usage[what] }) / MILLION,
  }));
  return { items, usd: usdPerMillion(usage) / MILLION };
}

/** If it went on like this for 30 days. */
export function monthlyUsd(usd: number, { from, to }: Span): number {
  return (usd * MONTH_MS) / (to - from);
}

/** Dollars per million of an item, as the price table has it. */
export function priceOf(what: keyof Usage): number {
  if (what === "alarms") return PRICES.requests;
  if (what === "frames") return PRICES.requests / PRICES.framesPerRequest;
  return PRICES[what];
}
