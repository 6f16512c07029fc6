import { Bars } from "../../chart/bars.tsx";
import { colorApart } from "../../chart/colors.ts";
import { LineChart } from "../../chart/line-chart.tsx";
import { byLabel, total } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useCounted } from "../../kit/stats-context.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { columnsOf, pairTable, startsOf, stepTable } from "../tables.ts";
import { causeText } from "./cause-text.ts";
import { DataQualityPanel } from "./data-quality-panel.tsx";
import { HeartbeatPanel } from "./heartbeat-panel.tsx";

export default function Connections() {
  const { say } = useOps();
  const { steps } = useCounted();
  const counted = [...byLabel(steps, "connects")];
  const causes = counted.map(([cause, count]) => [causeText(cause, say), count] as const);
  const names = causes.map(([cause]) => cause);
  const empty = causes.length === 0;
  const overTime = stepTable(steps, say("time"), columnsOf("count", names), (step) =>
    counted.map(([cause]) => total([step], "connects", cause)),
  );
  return (
    <>
      <Panel
        title={say("connects")}
        definition={say("connectsDefinition")}
        table={pairTable(say("cause"), say("count"), "count", causes)}
        empty={empty}
      >
        <Bars
          kind="count"
          bars={causes.map(([label, value], index) => ({ label, value, color: colorApart(index) }))}
        />
      </Panel>
      <HeartbeatPanel steps={steps} />
      <DataQualityPanel />
      <Panel
        wide
        title={say("connectsOverTime")}
        definition={say("connectsDefinition")}
        table={overTime}
        empty={empty}
      >
        <LineChart
          stacked
          label={say("connectsOverTime")}
          times={startsOf(steps)}
          lines={counted.map(([cause], index) => ({
            label: causeText(cause, say),
            color: colorApart(index),
            values: steps.map((step) => total([step], "connects", cause)),
          }))}
          kind="count"
        />
      </Panel>
    </>
  );
}
