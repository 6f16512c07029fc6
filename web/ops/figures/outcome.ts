import { type Bucket, byLabel, total } from "./series.ts";

/**
 * Every push of an entry to a device ends in exactly one of these; `pending` are those that have
 * not ended. A push that is cut off comes again when the device catches up, as a push of its own.
 */
export const OUTCOMES = [
  "push",
  "retry-1",
  "retry-2",
  "retry-more",
  "catch-up",
  "unconfirmed",
  "cut-off",
  "given-up",
  "pending",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type Outcomes = Readonly<Record<Outcome, number>>;

/** How the pushes that ended in this time did, and how many of them are under way at its end. */
export function outcomesOf(buckets: readonly Bucket[]): Outcomes {
  const ended = endedOf(buckets);
  return { ...ended, pending: Math.max(0, total(buckets, "pushed") - sumOf(ended)) };
}

/** The same for each step; what is pending is carried from step to step. */
export function outcomesByStep(steps: readonly Bucket[]): readonly Outcomes[] {
  let underWay = 0;
  return steps.map((step) => {
    const ended = endedOf([step]);
    underWay = Math.max(0, underWay + total([step], "pushed") - sumOf(ended));
    return { ...ended, pending: underWay };
  });
}

/** As shares of 1; null where nothing was pushed. */
export function sharesOf(outcomes: Outcomes): Outcomes | null {
  const all = Object.values(outcomes).reduce((sum, value) => sum + value, 0);
  if (all === 0) return null;
  const shares = OUTCOMES.map((outcome) => [outcome, outcomes[outcome] / all] as const);
  return Object.fromEntries(shares) as Outcomes;
}

/**
 * Entries acked within 10 s of their first push, as a share of those pushed to devices that were
 * online and can ack; null where there were none.
 */
export function downlinkSuccess(buckets: readonly Bucket[]): number | null {
  const confirmable = total(buckets, "pushed", "live") - total(buckets, "unconfirmed", "live");
  if (confirmable <= 0) return null;
  // An ack may fall into the step after its push.
  return Math.min(1, total(buckets, "acked_in_time") / confirmable);
}

function endedOf(buckets: readonly Bucket[]): Omit<Outcomes, "pending"> {
  const acked = byLabel(buckets, "acked");
  const retried = [...acked].filter(([route]) => route.startsWith("retry-"));
  const late = retried.filter(([route]) => route !== "retry-1" && route !== "retry-2");
  const givenUp = total(buckets, "given_up", "attempts");
  return {
    push: acked.get("push") ?? 0,
    "retry-1": acked.get("retry-1") ?? 0,
    "retry-2": acked.get("retry-2") ?? 0,
    "retry-more": late.reduce((sum, [, count]) => sum + count, 0),
    "catch-up": acked.get("catch-up") ?? 0,
    unconfirmed: total(buckets, "unconfirmed"),
    // After the last attempt the connection is closed: those count as interrupted too.
    "cut-off": Math.max(0, total(buckets, "interrupted") - givenUp),
    "given-up": givenUp,
  };
}

function sumOf(ended: Omit<Outcomes, "pending">): number {
  return Object.values(ended).reduce((sum, value) => sum + value, 0);
}
