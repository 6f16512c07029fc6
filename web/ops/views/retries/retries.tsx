import { Bars } from "../../chart/bars.tsx";
import { type RetryRow, retriesOf } from "../../figures/retries.ts";
import type { Table } from "../../figures/table.ts";
import { Panel } from "../../kit/panel.tsx";
import { useCounted } from "../../kit/stats-context.ts";
import { type OpsSay, useOps } from "../../text/ops-wording.tsx";
import { columnsOf } from "../tables.ts";
import { AlarmPanels } from "./alarm-panels.tsx";
import { QueuePanel } from "./queue-panel.tsx";

export default function Retries() {
  const { say, amounts } = useOps();
  const { steps } = useCounted();
  const retries = retriesOf(steps);
  return (
    <>
      <Panel
        title={say("retriesByAttempt")}
        definition={say("retriesDefinition")}
        table={tableOf(retries, say)}
        empty={retries.length === 0}
      >
        <Bars
          kind="count"
          bars={retries.map(({ attempt, byStrategy, pushed, acked }) => {
            const strategy = Object.keys(byStrategy)
              .map((name) => strategyName(name, say))
              .join(" + ");
            return {
              label: say("retryLine", { n: attempt, strategy }),
              value: pushed,
              color: 1,
              part: acked,
              partLabel: `${say("ackedHere")} ${amounts.count(acked)}`,
            };
          })}
        />
      </Panel>
      <QueuePanel steps={steps} of="depth" />
      <QueuePanel steps={steps} of="age" />
      <AlarmPanels steps={steps} />
    </>
  );
}

function tableOf(retries: readonly RetryRow[], say: OpsSay): Table {
  const strategies = [...new Set(retries.flatMap(({ byStrategy }) => Object.keys(byStrategy)))];
  const labels = [
    say("attempt"),
    ...strategies.map((name) => `${say("pushedAgain")}: ${strategyName(name, say)}`),
    say("ackedHere"),
    say("wentOn"),
  ];
  return {
    columns: columnsOf("count", labels),
    rows: retries.map(({ attempt, byStrategy, pushed, acked }) => [
      attempt,
      ...strategies.map((name) => byStrategy[name] ?? 0),
      acked,
      pushed - acked,
    ]),
  };
}

function strategyName(strategy: string, say: OpsSay): string {
  if (strategy === "fixed" || strategy === "stepped" || strategy === "adaptive") {
    return say(`strategy_${strategy}`);
  }
  return strategy;
}
