import { LineChart } from "../../chart/line-chart.tsx";
import type { Bucket } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { percentileLines } from "../percentile-lines.ts";
import { startsOf } from "../tables.ts";

interface QueuePanelProps {
  readonly steps: readonly Bucket[];
  readonly of: "depth" | "age";
}

export function QueuePanel({ steps, of }: QueuePanelProps) {
  const { say } = useOps();
  const kind = of === "depth" ? "count" : "ms";
  const name = of === "depth" ? "queue_depth" : "queue_oldest_ms";
  const what = say(of === "depth" ? "queueDepth" : "queueOldest");
  const { lines, table } = percentileLines(steps, name, kind, say);
  return (
    <Panel
      title={`${say("queue")}: ${what}`}
      definition={say("queueDefinition")}
      table={table}
      empty={lines.every(({ values }) => values.every((value) => value === null))}
    >
      <LineChart label={what} times={startsOf(steps)} lines={lines} kind={kind} />
    </Panel>
  );
}
