import { LineChart } from "../../chart/line-chart.tsx";
import { downlinkSuccess } from "../../figures/outcome.ts";
import { type Bucket, total } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { LIMITS } from "../overview/limits.ts";
import { startsOf, stepTable } from "../tables.ts";

export function DownlinkPanel({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say } = useOps();
  // What was just pushed may still be acked in time: the newest step has no share yet.
  const values = steps.map((step) => (step === steps.at(-1) ? null : downlinkSuccess([step])));
  const known = values.filter((value) => value !== null);
  const table = stepTable(
    steps,
    say("time"),
    [
      { label: say("downlink"), kind: "share" },
      { label: say("firstPush"), kind: "count" },
    ],
    (step, index) => [values[index] ?? null, total([step], "acked", "push")],
  );
  return (
    <Panel
      wide
      title={say("downlink")}
      definition={say("downlinkDefinition")}
      table={table}
      empty={known.length === 0}
    >
      <LineChart
        label={say("downlink")}
        times={startsOf(steps)}
        lines={[{ label: say("downlink"), values, color: 0 }]}
        kind="share"
        min={Math.min(0.9, ...known) - 0.02}
        max={1}
        mark={{ value: LIMITS.downlinkSuccess, label: say("downlinkMark") }}
      />
    </Panel>
  );
}
