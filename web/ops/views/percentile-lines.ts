import type { HistogramName } from "../../../protocol/metrics.ts";
import type { Line } from "../chart/line-chart.tsx";
import { percentilesOf } from "../figures/percentiles.ts";
import { type Bucket, observed } from "../figures/series.ts";
import type { ColumnKind, Table } from "../figures/table.ts";
import type { OpsSay } from "../text/ops-wording.tsx";
import { columnsOf, stepTable } from "./tables.ts";

const PERCENTILES = [
  { key: "p50", color: 0 },
  { key: "p95", color: 1 },
  { key: "p99", color: 6 },
] as const;

/** p50, p95 and p99 of a histogram (of those labels) in each step, as lines and as a table. */
export function percentileLines(
  steps: readonly Bucket[],
  name: HistogramName,
  kind: ColumnKind,
  say: OpsSay,
  ...labels: readonly string[]
): { readonly lines: readonly Line[]; readonly table: Table } {
  const points = steps.map((step) => percentilesOf(observed([step], name, ...labels)));
  const lines = PERCENTILES.map(({ key, color }) => ({
    label: say(key),
    values: points.map((point) => point?.[key] ?? null),
    color,
  }));
  const columns = PERCENTILES.map(({ key }) => say(key));
  const table = stepTable(steps, say("time"), columnsOf(kind, columns), (_, index) =>
    PERCENTILES.map(({ key }) => points[index]?.[key] ?? null),
  );
  return { lines, table };
}
