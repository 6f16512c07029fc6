import { parseSeries } from "../../../protocol/metrics.ts";
import type { Bucket } from "./series.ts";

/** When a version of the Worker was first seen at work. */
export interface Deploy {
  /** Ms since 1970, as exact as the counts are. */
  readonly at: number;
  readonly version: string;
}

/** The deploys within these buckets. The version that was there from the start is none of them. */
export function deploysIn(buckets: readonly Bucket[]): readonly Deploy[] {
  const firstSeen = new Map<string, number>();
  for (const { start, counters } of [...buckets].sort((a, b) => a.start - b.start)) {
    for (const series of Object.keys(counters)) {
      const { name, labels } = parseSeries(series);
      const [version = ""] = labels;
      if (name === "versions" && !firstSeen.has(version)) firstSeen.set(version, start);
    }
  }
  const earliest = Math.min(...firstSeen.values());
  return [...firstSeen].filter(([, at]) => at > earliest).map(([version, at]) => ({ version, at }));
}
