import {
  type Arrival,
  type Lane,
  type LaneSpan,
  positionOf,
  ticksUpTo,
  type Waterfall,
} from "../../figures/waterfall.ts";
import type { Amounts } from "../../text/amounts.ts";
import { type OpsSay, useOps } from "../../text/ops-wording.tsx";
import { routeText } from "../../text/route-text.ts";
import { statusText } from "./status-text.ts";

/** One row per object and device; time goes with the writing direction. */
export function WaterfallChart({ waterfall }: { readonly waterfall: Waterfall }) {
  const { amounts } = useOps();
  const { totalMs, arrivals, lanes } = waterfall;
  const place = (ms: number) => `${100 * positionOf(ms, totalMs)}%`;
  return (
    <div className="waterfall">
      <div className="waterfall-axis" aria-hidden="true">
        {ticksUpTo(totalMs).map((ms) => (
          <span key={ms} style={{ insetInlineStart: place(ms) }}>
            {amounts.duration(ms)}
          </span>
        ))}
      </div>
      <ol>
        {arrivals.map((arrival) => (
          <ArrivalRow key={arrival.user} {...arrival} place={place} />
        ))}
        {lanes.map((lane) => (
          <LaneRow key={`${lane.user} ${lane.device}`} lane={lane} place={place} />
        ))}
      </ol>
      <Legend />
    </div>
  );
}

/** What the marks mean; the texts beside the rows say the same to who does not see them. */
function Legend() {
  const { say } = useOps();
  const marks = [
    { mark: "dot color-2", text: say("arrivedAt") },
    { mark: "dot color-0", text: say("firstPushAt") },
    { mark: "dot color-1", text: say("pushedAgain") },
    { mark: "dot color-4", text: say("route_catch-up") },
    { mark: "dot planned", text: say("plannedRetry") },
    { mark: "ack", text: say("ackedAt") },
  ];
  return (
    <ul className="waterfall-legend" aria-hidden="true">
      {marks.map(({ mark, text }) => (
        <li key={mark}>
          <span className={mark} /> {text}
        </li>
      ))}
    </ul>
  );
}

type Placing = (ms: number) => string;

function ArrivalRow({ user, afterMs, place }: Arrival & { readonly place: Placing }) {
  const { say, amounts } = useOps();
  return (
    <li>
      <span className="waterfall-name">{say("arrived", { user })}</span>
      <span className="hint">
        {afterMs === null ? "–" : say("after", { time: amounts.duration(afterMs) })}
      </span>
      <span className="waterfall-track">
        {afterMs !== null && (
          <span className="dot color-2" style={{ insetInlineStart: place(afterMs) }} />
        )}
      </span>
    </li>
  );
}

function LaneRow({ lane, place }: { readonly lane: Lane; readonly place: Placing }) {
  const { say, amounts } = useOps();
  const { user, device, status, spans, nextRetryAfterMs } = lane;
  const parts = [statusText(status, say), ...spans.map((span) => spanText(span, say, amounts))];
  return (
    <li>
      <span className="waterfall-name">
        {user} · <code dir="ltr">{device}</code>
      </span>
      <span className="hint">{parts.join(" · ")}</span>
      <span className="waterfall-track">
        {spans.map((span) => (
          <SpanMarks key={span.firstMs} span={span} place={place} />
        ))}
        {nextRetryAfterMs !== null && (
          <span
            className="dot planned"
            style={{ insetInlineStart: place(nextRetryAfterMs) }}
            title={say("plannedRetry")}
          />
        )}
      </span>
    </li>
  );
}

function SpanMarks({ span, place }: { readonly span: LaneSpan; readonly place: Placing }) {
  const { firstMs, lastMs, ackedMs, attempts, route } = span;
  const color = route === "catch-up" ? "color-4" : attempts > 1 ? "color-1" : "color-0";
  return (
    <>
      <span
        className={`span ${color} ${ackedMs === null ? "open" : ""}`}
        style={{
          insetInlineStart: place(firstMs),
          inlineSize: `calc(${place(ackedMs ?? lastMs)} - ${place(firstMs)})`,
        }}
      />
      <span className={`dot ${color}`} style={{ insetInlineStart: place(firstMs) }} />
      {attempts > 1 && (
        <span className={`dot ${color}`} style={{ insetInlineStart: place(lastMs) }} />
      )}
      {ackedMs !== null && <span className="ack" style={{ insetInlineStart: place(ackedMs) }} />}
    </>
  );
}

/** `catch-up, 2 attempts, after 3 s`. */
function spanText({ route, attempts, ackedMs }: LaneSpan, say: OpsSay, amounts: Amounts): string {
  const parts = [routeText(route, say), say("attempts", { n: attempts })];
  if (ackedMs !== null) parts.push(say("after", { time: amounts.duration(ackedMs) }));
  return parts.join(", ");
}
