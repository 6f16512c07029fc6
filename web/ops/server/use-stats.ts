import { useEffect, useState } from "react";
import type { Bucket } from "../figures/series.ts";
import type { Span } from "../figures/steps.ts";
import { RANGES, type Range } from "../place/place.ts";
import { useOperator } from "../session/operator-context.ts";
import { readStats } from "./stats.ts";

/** What was counted in the chosen time, as far as it is known here. */
export interface Stats {
  readonly span: Span;
  readonly buckets: readonly Bucket[];
  /** When this was asked, ms since 1970. */
  readonly askedAt: number;
  /** The last question got no answer, for this reason: what is shown is getting old. */
  readonly failure: string | undefined;
}

const LIVE_MS = 4_000;
/** Longer ranges come by the hour: asking for them often brings nothing. */
const SLOW_MS = 30_000;
const MINUTES_KEPT_MS = 48 * 3_600_000;

export function useStats(range: Range): Stats | undefined {
  const { token, signOut } = useOperator();
  const [stats, setStats] = useState<Stats & { readonly range: Range }>();
  useEffect(() => {
    let known: Stats | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wanted = true;
    const ask = async () => {
      const now = Date.now();
      const span = spanOf(range, now);
      const from = fromOf(range, span, known);
      const answer = await readStats(token, from, range.kind === "fixed" ? span.to : undefined);
      if (!wanted) return;
      if (!answer.ok && answer.code === "unauthenticated") return signOut();
      if (answer.ok) {
        const buckets = refreshed(known?.buckets ?? [], from, span, answer.value.buckets);
        known = { span, buckets, askedAt: now, failure: undefined };
      } else {
        known = { ...(known ?? { span, buckets: [], askedAt: now }), failure: answer.code };
      }
      setStats({ ...known, range });
      if (range.kind === "last") timer = setTimeout(() => void ask(), waitOf(span));
    };
    void ask();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [range, token, signOut]);
  return stats?.range === range ? stats : undefined;
}

function spanOf(range: Range, now: number): Span {
  return range.kind === "fixed" ? range : { from: now - RANGES[range.name], to: now + 1 };
}

function waitOf({ from, to }: Span): number {
  return to - from > MINUTES_KEPT_MS ? SLOW_MS : LIVE_MS;
}

/** Minutes that are over do not change: only the newest known one and what follows is asked for. */
function fromOf(range: Range, span: Span, known: Stats | undefined): number {
  const newest = known?.buckets.at(-1);
  const incremental = range.kind === "last" && waitOf(span) === LIVE_MS;
  return incremental && newest !== undefined ? Math.max(newest.start, span.from) : span.from;
}

function refreshed(
  known: readonly Bucket[],
  from: number,
  span: Span,
  fresh: readonly Bucket[],
): readonly Bucket[] {
  const kept = known.filter(({ start, spanMs }) => start < from && start + spanMs > span.from);
  return [...kept, ...fresh];
}
