import { LineChart } from "../../chart/line-chart.tsx";
import { costOf, monthlyUsd, priceOf } from "../../figures/cost.ts";
import { total } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useCounted } from "../../kit/stats-context.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { columnsOf, startsOf, stepTable } from "../tables.ts";

const MILLION = 1_000_000;

export default function CostView() {
  const { say, amounts } = useOps();
  const { buckets, steps, span } = useCounted();
  const { items, usd } = costOf(buckets);
  const accepted = total(buckets, "accepted");
  const rows = items.map(({ what, used, usd: dollars }) => [
    say(`cost_${what}`),
    used,
    say("perMillion", { usd: amounts.usd(priceOf(what)) }),
    dollars,
  ]);
  const perMessage = (n: number) => (accepted === 0 ? null : n / accepted);
  const perMillion = perMessage(usd * MILLION);
  const rowsPerMessage = perMessage(total(buckets, "rows_written"));
  const labels = [say("cost_rowsWritten"), say("cost_rowsRead")];
  const counts = steps.map((step) => [total([step], "rows_written"), total([step], "rows_read")]);
  const empty = buckets.length === 0;
  return (
    <>
      <Panel
        title={say("cost")}
        definition={say("costDefinition")}
        table={{
          columns: [
            { label: say("costItem"), kind: "text" },
            { label: say("used"), kind: "count" },
            { label: say("price"), kind: "text" },
            { label: say("dollars"), kind: "usd" },
          ],
          rows: [...rows, [say("costTotal"), null, null, usd]],
        }}
        empty={empty}
      />
      <section className="key-figures narrow" aria-label={say("figures")}>
        <Figure label={say("costPerMonth")} value={amounts.usd(monthlyUsd(usd, span))} />
        <Figure
          label={say("costPerMillion")}
          value={perMillion === null ? "–" : amounts.usd(perMillion)}
        />
        <Figure
          label={say("rowsPerMessage")}
          value={rowsPerMessage === null ? "–" : amounts.count(rowsPerMessage)}
        />
      </section>
      <Panel
        wide
        title={say("costOverTime")}
        definition={say("costDefinition")}
        table={stepTable(
          steps,
          say("time"),
          columnsOf("count", labels),
          (_, index) => counts[index] ?? [],
        )}
        empty={empty}
      >
        <LineChart
          label={say("costOverTime")}
          times={startsOf(steps)}
          lines={labels.map((label, color) => ({
            label,
            color,
            values: counts.map((row) => row[color] ?? 0),
          }))}
          kind="count"
        />
      </Panel>
    </>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className="figure">
      <span className="figure-label">{label}</span>
      <span className="figure-value">{value}</span>
    </div>
  );
}
