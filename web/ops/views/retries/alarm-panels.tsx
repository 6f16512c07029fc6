import { LineChart } from "../../chart/line-chart.tsx";
import { type Bucket, total } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { percentileLines } from "../percentile-lines.ts";
import { columnsOf, startsOf, stepTable } from "../tables.ts";

export function AlarmPanels({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say } = useOps();
  const runs = steps.map((step) => total([step], "alarms"));
  const { lines, table } = percentileLines(steps, "alarm_lag_ms", "ms", say);
  const empty = runs.every((count) => count === 0);
  const times = startsOf(steps);
  return (
    <>
      <Panel
        title={`${say("alarms")}: ${say("alarmRuns")}`}
        definition={say("alarmsDefinition")}
        table={stepTable(steps, say("time"), columnsOf("count", [say("alarmRuns")]), (_, index) => [
          runs[index] ?? 0,
        ])}
        empty={empty}
      >
        <LineChart
          label={say("alarmRuns")}
          times={times}
          lines={[{ label: say("alarmRuns"), values: runs, color: 5 }]}
          kind="count"
        />
      </Panel>
      <Panel
        title={`${say("alarms")}: ${say("alarmLag")}`}
        definition={say("alarmsDefinition")}
        table={table}
        empty={empty}
      >
        <LineChart label={say("alarmLag")} times={times} lines={lines} kind="ms" />
      </Panel>
    </>
  );
}
