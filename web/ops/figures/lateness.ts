import { type Bucket, total } from "./series.ts";

/** Why entries were not acked at their first push. One entry may count for several of them. */
export const REASONS = ["offline", "cut", "slow", "refused", "old", "throttled"] as const;
export type Reason = (typeof REASONS)[number];

export function reasonsOf(buckets: readonly Bucket[]): Readonly<Record<Reason, number>> {
  const acked = total(buckets, "acked");
  const byCatchUp = total(buckets, "acked", "catch-up");
  return {
    offline: byCatchUp,
    cut: total(buckets, "interrupted"),
    slow: acked - byCatchUp - total(buckets, "acked", "push"),
    refused: total(buckets, "nacks"),
    old: total(buckets, "unconfirmed"),
    throttled: total(buckets, "refused", "rate"),
  };
}
