import type { CdfPoint } from "../figures/percentiles.ts";
import { useOps } from "../text/ops-wording.tsx";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FROM_MS = 100;
const TO_MS = 7 * 24 * HOUR_MS;
const TICKS_MS = [100, 1_000, 10_000, MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 24 * HOUR_MS, TO_MS];
const MARKS_MS: ReadonlySet<number> = new Set([15 * MINUTE_MS, HOUR_MS]);
const SHARES = [1, 0.75, 0.5, 0.25, 0];

interface CdfChartProps {
  readonly label: string;
  readonly points: readonly CdfPoint[];
}

/** Which share was done within how long, on a logarithmic axis from 0.1 s to 7 d. */
export function CdfChart({ label, points }: CdfChartProps) {
  const { amounts } = useOps();
  return (
    <figure className="cdf" role="img" aria-label={label} dir="ltr">
      <div className="cdf-shares" aria-hidden="true">
        {SHARES.map((share) => (
          <span key={share} style={{ top: `${100 * (1 - share)}%` }}>
            {amounts.share(share)}
          </span>
        ))}
      </div>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {SHARES.map((share) => (
          <path key={share} className="grid" d={`M0 ${100 * (1 - share)}H100`} />
        ))}
        {TICKS_MS.map((ms) => (
          <path key={ms} className={MARKS_MS.has(ms) ? "mark" : "grid"} d={`M${xOf(ms)} 0V100`} />
        ))}
        <path className="line" d={pathOf(points)} />
      </svg>
      <div className="cdf-times" aria-hidden="true">
        {TICKS_MS.map((ms) => (
          <span
            key={ms}
            className={MARKS_MS.has(ms) ? `mark ${ms < HOUR_MS ? "before" : "after"}` : undefined}
            style={{ left: `${xOf(ms)}%` }}
          >
            {amounts.duration(ms)}
          </span>
        ))}
      </div>
    </figure>
  );
}

function xOf(ms: number): number {
  const bounded = Math.min(TO_MS, Math.max(FROM_MS, ms));
  return (100 * Math.log(bounded / FROM_MS)) / Math.log(TO_MS / FROM_MS);
}

/** Steps: nothing is known between two buckets' bounds. */
function pathOf(points: readonly CdfPoint[]): string {
  const steps = points.map(({ value, share }) => `H${xOf(value)}V${100 * (1 - share)}`);
  return `M0 100${steps.join("")}H100`;
}
