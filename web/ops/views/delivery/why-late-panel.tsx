import { Bars } from "../../chart/bars.tsx";
import { REASONS, reasonsOf } from "../../figures/lateness.ts";
import type { Bucket } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useOps } from "../../text/ops-wording.tsx";
import { pairTable } from "../tables.ts";

export function WhyLatePanel({ steps }: { readonly steps: readonly Bucket[] }) {
  const { say } = useOps();
  const counts = reasonsOf(steps);
  const rows = REASONS.map((reason) => [say(`late_${reason}`), counts[reason]] as const);
  return (
    <Panel
      title={say("whyLate")}
      definition={say("whyLateDefinition")}
      table={pairTable(say("cause"), say("count"), "count", rows)}
      empty={REASONS.every((reason) => counts[reason] === 0)}
    >
      <Bars kind="count" bars={rows.map(([label, value], color) => ({ label, value, color }))} />
    </Panel>
  );
}
