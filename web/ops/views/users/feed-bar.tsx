import type { DeviceTimeline } from "../../server/users.ts";
import { useOps } from "../../text/ops-wording.tsx";

/** The timeline as a bar: acked, pushed, waiting. */
export function FeedBar({ timeline }: { readonly timeline: DeviceTimeline }) {
  const { say, amounts } = useOps();
  const { cursor, head, runs } = timeline;
  const pushed = runs
    .filter(({ status }) => status === "pending")
    .reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const percent = (entries: number) => `${head === 0 ? 0 : (100 * entries) / head}%`;
  const label = `${say("cursor")} ${amounts.count(cursor)} ${say("of", { n: head })}`;
  return (
    <div className="feed-bar" role="img" aria-label={label}>
      <span className="color-0" style={{ inlineSize: percent(cursor) }} />
      <span className="color-1" style={{ inlineSize: percent(pushed) }} />
    </div>
  );
}
