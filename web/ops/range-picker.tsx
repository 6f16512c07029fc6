import { RANGES, type RangeName } from "./place/place.ts";
import { usePlace } from "./place/use-place.ts";
import type { Stats } from "./server/use-stats.ts";
import { useOps } from "./text/ops-wording.tsx";

const NAMES = Object.keys(RANGES) as readonly RangeName[];
const FIXED = "fixed";

/** Which time is shown, and how fresh it is. */
export function RangePicker({ stats }: { readonly stats: Stats | undefined }) {
  const { say, amounts } = useOps();
  const { place, go } = usePlace();
  const { range } = place;
  const choose = (name: string) => {
    const chosen = NAMES.find((one) => one === name);
    if (chosen !== undefined) go({ ...place, range: { kind: "last", name: chosen } });
  };
  const hold = () => {
    if (stats !== undefined) go({ ...place, range: { kind: "fixed", ...stats.span } });
  };
  return (
    <div className="range">
      <select
        aria-label={say("timeRange")}
        value={range.kind === "last" ? range.name : FIXED}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {range.kind === "fixed" && (
          <option value={FIXED}>
            {say("rangeFixed", {
              from: amounts.moment(range.from),
              to: amounts.moment(range.to),
            })}
          </option>
        )}
        {NAMES.map((name) => (
          <option key={name} value={name}>
            {say(`range_${name}`)}
          </option>
        ))}
      </select>
      {range.kind === "last" && (
        <button type="button" className="button quiet" onClick={hold}>
          {say("holdRange")}
        </button>
      )}
      {stats !== undefined && <Freshness stats={stats} isLive={range.kind === "last"} />}
    </div>
  );
}

function Freshness({ stats, isLive }: { readonly stats: Stats; readonly isLive: boolean }) {
  const { say, amounts } = useOps();
  const { failure: code } = stats;
  const time = amounts.moment(stats.askedAt);
  if (code !== undefined) return <span className="wrong">{say("stale", { code, time })}</span>;
  return (
    <span className="hint">
      {isLive && <span className="live-dot" />}
      {isLive ? say("liveNow", { time }) : say("held")}
    </span>
  );
}
