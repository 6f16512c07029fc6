import { costOf, monthlyUsd } from "../../figures/cost.ts";
import { downlinkSuccess } from "../../figures/outcome.ts";
import { percentilesOf } from "../../figures/percentiles.ts";
import { observed, total } from "../../figures/series.ts";
import { FigureCard } from "../../kit/figure-card.tsx";
import type { Counted } from "../../kit/stats-context.ts";
import type { View } from "../../place/place.ts";
import { usePlace } from "../../place/use-place.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { LIMITS } from "./limits.ts";

const MINUTE_MS = 60_000;

export function KeyFigures({ buckets, span }: Counted) {
  const { say, amounts } = useOps();
  const { place } = usePlace();
  const to = (view: View) => ({ view, range: place.range });
  const downlink = downlinkSuccess(buckets);
  const compensation = percentilesOf(observed(buckets, "compensation_ms"));
  const accepted = total(buckets, "accepted");
  const givenUp = total(buckets, "given_up", "attempts");
  const connects = total(buckets, "connects");
  const rate = (n: number) =>
    say("perMinute", { n: amounts.count((n * MINUTE_MS) / (span.to - span.from)) });
  return (
    <section className="key-figures" aria-label={say("figures")}>
      <FigureCard
        label={say("downlink")}
        value={downlink === null ? "–" : amounts.share(downlink)}
        hint={say("downlinkAim")}
        to={to("delivery")}
        bad={downlink !== null && downlink < LIMITS.downlinkSuccess}
      />
      <FigureCard
        label={say("accepted")}
        value={amounts.count(accepted)}
        hint={rate(accepted)}
        to={to("delivery")}
      />
      <FigureCard
        label={say("compensationP95")}
        value={compensation === null ? "–" : amounts.duration(compensation.p95)}
        hint={`${say("p50")} ${compensation === null ? "–" : amounts.duration(compensation.p50)}`}
        to={to("delivery")}
        bad={compensation !== null && compensation.p95 > LIMITS.compensationP95Ms}
      />
      <FigureCard
        label={say("givenUp")}
        value={amounts.count(givenUp)}
        hint={say("givenUpHint")}
        to={to("retries")}
        bad={givenUp > 0}
      />
      <FigureCard
        label={say("reconnects")}
        value={amounts.count(connects)}
        hint={rate(connects)}
        to={to("connections")}
      />
      <FigureCard
        label={say("costPerMonth")}
        value={amounts.usd(monthlyUsd(costOf(buckets).usd, span))}
        hint={say("costHint")}
        to={to("cost")}
      />
    </section>
  );
}
