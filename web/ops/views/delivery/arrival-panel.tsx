import { LineChart } from "../../chart/line-chart.tsx";
import { type Bucket, observed } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { percentileLines } from "../percentile-lines.ts";
import { startsOf } from "../tables.ts";

/** From end to end: until a device of the recipient has it, and until the person has read it. */
export function ArrivalPanels({ steps }: { readonly steps: readonly Bucket[] }) {
  return (
    <>
      <ArrivalPanel steps={steps} by="device" />
      <ArrivalPanel steps={steps} by="person" />
    </>
  );
}

interface ArrivalPanelProps {
  readonly steps: readonly Bucket[];
  readonly by: "device" | "person";
}

function ArrivalPanel({ steps, by }: ArrivalPanelProps) {
  const { say } = useOps();
  const { lines, table } = percentileLines(steps, "arrival_ms", "ms", say, by);
  const title = say(`arrival_${by}`);
  return (
    <Panel
      title={title}
      definition={say("arrivalDefinition")}
      table={table}
      empty={observed(steps, "arrival_ms", by).count === 0}
    >
      <LineChart label={title} times={startsOf(steps)} lines={lines} kind="ms" />
    </Panel>
  );
}
