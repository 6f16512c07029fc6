import { total } from "../../figures/series.ts";
import { Panel } from "../../kit/panel.tsx";
import { useCounted } from "../../kit/stats-context.ts";
import { useOps } from "../../text/ops-wording.tsx";

export function DataQualityPanel() {
  const { say, amounts } = useOps();
  const { buckets, steps } = useCounted();
  const pushed = total(buckets, "pushed");
  const ackable = pushed === 0 ? null : 1 - total(buckets, "unconfirmed") / pushed;
  const filled = steps.filter(({ counters }) => Object.keys(counters).length > 0).length;
  const newest = buckets.at(-1);
  const rows: [string, string][] = [
    [say("quality_ackable"), ackable === null ? "–" : amounts.share(ackable)],
    [say("quality_steps"), `${amounts.count(filled)} ${say("of", { n: steps.length })}`],
    [say("quality_newest"), newest === undefined ? "–" : amounts.moment(newest.start)],
    [say("quality_nacks"), amounts.count(total(buckets, "nacks"))],
    [say("quality_placeholders"), amounts.count(total(buckets, "placeholders"))],
  ];
  const columns = [
    { label: say("what_"), kind: "text" },
    { label: say("total"), kind: "text" },
  ] as const;
  return (
    <Panel
      title={say("dataQuality")}
      definition={say("dataQualityDefinition")}
      table={{ columns, rows }}
      empty={newest === undefined}
    />
  );
}
