import { colorApart } from "../../chart/colors.ts";
import { LineChart } from "../../chart/line-chart.tsx";
import { type Bucket, byLabel, total } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { type OpsSay, useOps } from "../../text/ops-wording.tsx";
import { columnsOf, startsOf, stepTable } from "../tables.ts";

interface Kind {
  readonly label: string;
  readonly countIn: (step: Bucket) => number;
}

export function SendingPanel({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say } = useOps();
  const kinds = kindsIn(steps, say);
  const table = stepTable(
    steps,
    say("time"),
    columnsOf(
      "count",
      kinds.map(({ label }) => label),
    ),
    (step) => kinds.map(({ countIn }) => countIn(step)),
  );
  const lines = kinds.map(({ label, countIn }, color) => ({
    label,
    values: steps.map(countIn),
    color: colorApart(color),
  }));
  return (
    <Panel
      title={say("sending")}
      definition={say("sendingDefinition")}
      table={table}
      empty={total(steps, "accepted") + total(steps, "refused") === 0}
    >
      <LineChart label={say("sending")} times={startsOf(steps)} lines={lines} kind="count" />
    </Panel>
  );
}

/** Only what has happened: a line for each of the error codes would hide the others. */
function kindsIn(steps: readonly Bucket[], say: OpsSay): readonly Kind[] {
  const failures = [...byLabel(steps, "given_up").keys()].filter((why) => why !== "attempts");
  return [
    { label: say("accepted"), countIn: (step) => total([step], "accepted") },
    { label: say("routed"), countIn: (step) => total([step], "routed") },
    ...[...byLabel(steps, "refused").keys()].map((code) => ({
      label: say("refused", { code }),
      countIn: (step: Bucket) => total([step], "refused", code),
    })),
    ...[...byLabel(steps, "duplicates").keys()].map((at) => ({
      label: say("duplicates", { at }),
      countIn: (step: Bucket) => total([step], "duplicates", at),
    })),
    ...failures.map((code) => ({
      label: say("failedMessages", { code }),
      countIn: (step: Bucket) => total([step], "given_up", code),
    })),
  ];
}
