import { LineChart } from "../../chart/line-chart.tsx";
import { type Bucket, observed, total } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { percentileLines } from "../percentile-lines.ts";
import { startsOf } from "../tables.ts";

/** Which intervals devices have learned, and how often a beat was missed. */
export function HeartbeatPanel({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say, amounts } = useOps();
  const { lines, table } = percentileLines(steps, "heartbeat_ms", "ms", say);
  const { count } = observed(steps, "heartbeat_ms");
  const missed = total(steps, "connects", "heartbeat-missed");
  const connects = total(steps, "connects");
  return (
    <Panel
      title={say("heartbeats")}
      definition={say("heartbeatsDefinition")}
      table={table}
      empty={count === 0}
    >
      <LineChart label={say("heartbeats")} times={startsOf(steps)} lines={lines} kind="ms" />
      <p className="hint">
        {say("heartbeatsMissed", { share: amounts.share(connects === 0 ? 0 : missed / connects) })}
      </p>
    </Panel>
  );
}
