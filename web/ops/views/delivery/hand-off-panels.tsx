import { LineChart } from "../../chart/line-chart.tsx";
import { type Bucket, total } from "../../figures/series.ts";
import type { Table } from "../../figures/table.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { percentileLines } from "../percentile-lines.ts";
import { columnsOf, startsOf, stepTable } from "../tables.ts";

export function HandOffPanels({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say } = useOps();
  const outcomes = [
    { label: say("handOffOk"), outcome: "ok", color: 0 },
    { label: say("handOffFailed"), outcome: "failed", color: 7 },
  ];
  const counts = steps.map((step) =>
    outcomes.map(({ outcome }) => total([step], "hand_offs", outcome)),
  );
  const labels = outcomes.map(({ label }) => label);
  const { lines, table } = percentileLines(steps, "hand_off_ms", "ms", say);
  const empty = total(steps, "hand_offs") === 0;
  const countTable: Table = stepTable(
    steps,
    say("time"),
    columnsOf("count", labels),
    (_, index) => counts[index] ?? [],
  );
  return (
    <>
      <Panel
        title={say("handOffs")}
        definition={say("handOffsDefinition")}
        table={countTable}
        empty={empty}
      >
        <LineChart
          label={say("handOffs")}
          times={startsOf(steps)}
          lines={outcomes.map(({ label, color }, line) => ({
            label,
            color,
            values: counts.map((row) => row[line] ?? 0),
          }))}
          kind="count"
        />
      </Panel>
      <Panel
        title={`${say("handOffs")}: ${say("duration")}`}
        definition={say("handOffsDefinition")}
        table={table}
        empty={empty}
      >
        <LineChart label={say("duration")} times={startsOf(steps)} lines={lines} kind="ms" />
      </Panel>
    </>
  );
}
