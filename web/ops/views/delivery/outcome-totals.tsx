import { Bars } from "../../chart/bars.tsx";
import { OUTCOMES, outcomesOf, sharesOf } from "../../figures/outcome.ts";
import type { Bucket } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";

export function OutcomeTotals({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say, amounts } = useOps();
  const outcomes = outcomesOf(steps);
  const shares = sharesOf(outcomes);
  const rows = OUTCOMES.map((outcome, color) => ({
    label: say(`outcome_${outcome}`),
    value: outcomes[outcome],
    share: shares?.[outcome] ?? 0,
    color,
  }));
  const table = {
    columns: [
      { label: say("what_"), kind: "text" },
      { label: say("count"), kind: "count" },
      { label: say("share"), kind: "share" },
    ],
    rows: rows.map(({ label, value, share }) => [label, value, share]),
  } as const;
  return (
    <Panel
      title={say("outcome")}
      definition={say("outcomeDefinition")}
      table={table}
      empty={shares === null}
    >
      <Bars
        kind="count"
        bars={rows.map((row) => ({ ...row, partLabel: amounts.share(row.share) }))}
      />
    </Panel>
  );
}
