import { downlinkSuccess } from "../../figures/outcome.ts";
import { percentilesOf } from "../../figures/percentiles.ts";
import { type Bucket, observed, total } from "../../figures/series.ts";
import type { View } from "../../place/place.ts";
import { PlaceLink } from "../../place/place-link.tsx";
import { usePlace } from "../../place/use-place.ts";
import type { Amounts } from "../../text/amounts.ts";
import { type OpsSay, useOps } from "../../text/ops-wording.tsx";
import { LIMITS } from "./limits.ts";

interface Breach {
  readonly text: string;
  readonly view: View;
}

/** Figures beyond their limits, each with the way to its panel. */
export function Breaches({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const { say, amounts } = useOps();
  const { place } = usePlace();
  const breaches = breachesIn(buckets, say, amounts);
  if (buckets.length === 0) return null;
  return (
    <section className="breaches" aria-label={say("breaches")}>
      <h2>{say("breaches")}</h2>
      {breaches.length === 0 ? (
        <p className="hint">{say("noBreaches")}</p>
      ) : (
        <ul>
          {breaches.map(({ text, view }) => (
            <li key={text}>
              <PlaceLink to={{ view, range: place.range }}>{text}</PlaceLink>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function breachesIn(buckets: readonly Bucket[], say: OpsSay, amounts: Amounts): readonly Breach[] {
  const found: Breach[] = [];
  const downlink = downlinkSuccess(buckets);
  if (downlink !== null && downlink < LIMITS.downlinkSuccess) {
    const value = amounts.share(downlink);
    found.push({ text: say("breach_downlink", { value }), view: "delivery" });
  }
  const compensation = percentilesOf(observed(buckets, "compensation_ms"));
  if (compensation !== null && compensation.p95 > LIMITS.compensationP95Ms) {
    const value = amounts.duration(compensation.p95);
    found.push({ text: say("breach_compensation", { value }), view: "delivery" });
  }
  const givenUp = total(buckets, "given_up", "attempts");
  if (givenUp > 0) found.push({ text: say("breach_givenUp", { n: givenUp }), view: "retries" });
  const failed = total(buckets, "given_up") - givenUp;
  if (failed > 0) found.push({ text: say("breach_failed", { n: failed }), view: "delivery" });
  const handOffs = total(buckets, "hand_offs", "failed");
  if (handOffs > 0) found.push({ text: say("breach_handOffs", { n: handOffs }), view: "delivery" });
  const lag = percentilesOf(observed(buckets, "alarm_lag_ms"));
  if (lag !== null && lag.p95 > LIMITS.alarmLagP95Ms) {
    const value = amounts.duration(lag.p95);
    found.push({ text: say("breach_alarms", { value }), view: "retries" });
  }
  return found;
}
