import { createContext, useContext, useMemo } from "react";
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
