import { LineChart } from "../../chart/line-chart.tsx";
import { OUTCOMES, outcomesByStep, outcomesOf, sharesOf } from "../../figures/outcome.ts";
import type { Bucket } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { columnsOf, startsOf, stepTable } from "../tables.ts";

export function OutcomePanel({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say } = useOps();
  const byStep = outcomesByStep(steps);
  const shares = byStep.map(sharesOf);
  const labels = OUTCOMES.map((outcome) => say(`outcome_${outcome}`));
  const table = stepTable(steps, say("time"), columnsOf("count", labels), (_, index) =>
    OUTCOMES.map((outcome) => byStep[index]?.[outcome] ?? 0),
  );
  const lines = OUTCOMES.map((outcome, color) => ({
    label: say(`outcome_${outcome}`),
    values: shares.map((share) => share?.[outcome] ?? null),
    color,
  }));
  return (
    <Panel
      wide
      title={say("outcome")}
      definition={say("outcomeDefinition")}
      table={table}
      empty={sharesOf(outcomesOf(steps)) === null}
    >
      <LineChart
        stacked
        label={say("outcome")}
        times={startsOf(steps)}
        lines={lines}
        kind="share"
        max={1}
      />
    </Panel>
  );
}
