import { CdfChart } from "../../chart/cdf-chart.tsx";
import { LineChart } from "../../chart/line-chart.tsx";
import { cdfOf, percentilesOf, shareAtMost } from "../../figures/percentiles.ts";
import { type Bucket, labelsOf, observed } from "../../figures/series.ts";
import type { Row } from "../../figures/table.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { routeText } from "../../text/route-text.ts";
import { percentileLines } from "../percentile-lines.ts";
import { columnsOf, startsOf } from "../tables.ts";

const MINUTE_MS = 60_000;

export function CompensationPanels({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say, amounts } = useOps();
  const all = observed(steps, "compensation_ms");
  const points = cdfOf(all);
  const { lines, table } = percentileLines(steps, "compensation_ms", "ms", say);
  const marks = {
    a: amounts.share(shareAtMost(points, 15 * MINUTE_MS)),
    b: amounts.share(shareAtMost(points, 60 * MINUTE_MS)),
  };
  return (
    <>
      <Panel
        title={say("compensation")}
        definition={say("compensationDefinition")}
        table={table}
        empty={all.count === 0}
      >
        <LineChart label={say("compensation")} times={startsOf(steps)} lines={lines} kind="ms" />
      </Panel>
      <Panel
        title={say("compensationCdf")}
        definition={say("compensationDefinition")}
        table={routeTable(steps, say)}
        empty={all.count === 0}
      >
        <CdfChart label={say("compensationMarks", marks)} points={points} />
        <p className="hint">{say("compensationMarks", marks)}</p>
      </Panel>
    </>
  );
}

function routeTable(steps: readonly Bucket[], say: ReturnType<typeof useOps>["say"]) {
  const durations = [say("p50"), say("p95"), say("p99"), say("max")];
  const rows = labelsOf(steps, "compensation_ms").map((route): Row => {
    const histogram = observed(steps, "compensation_ms", route);
    const { p50, p95, p99 } = percentilesOf(histogram) ?? { p50: null, p95: null, p99: null };
    return [routeText(route, say), histogram.count, p50, p95, p99, histogram.max];
  });
  return {
    columns: [
      { label: say("route"), kind: "text" as const },
      { label: say("count"), kind: "count" as const },
      ...columnsOf("ms", durations),
    ],
    rows,
  };
}
