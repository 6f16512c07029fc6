import { createContext, useContext, useMemo } from "react";
import { type Deploy, deploysIn } from "../figures/deploys.ts";
import type { Bucket } from "../figures/series.ts";
import { intoSteps } from "../figures/steps.ts";
import type { Stats } from "../server/use-stats.ts";

const StatsContext = createContext<Stats | undefined>(undefined);
export const StatsProvider = StatsContext.Provider;

export interface Counted extends Stats {
  /** The same in steps of equal length, for charts. */
  readonly steps: readonly Bucket[];
}

export function useCounted(): Counted {
  const stats = useContext(StatsContext);
  if (stats === undefined) throw new Error("useCounted outside of StatsProvider");
  return useMemo(() => ({ ...stats, steps: intoSteps(stats.buckets, stats.span) }), [stats]);
}

const NO_DEPLOYS: readonly Deploy[] = [];

/** Deploys in the time that is shown; none outside of what was counted. */
export function useDeploys(): readonly Deploy[] {
  const stats = useContext(StatsContext);
  const buckets = stats?.buckets;
  return useMemo(() => (buckets === undefined ? NO_DEPLOYS : deploysIn(buckets)), [buckets]);
}
