import { useCallback } from "react";
import { Answered } from "../../kit/answered.tsx";
import { Definition } from "../../kit/definition.tsx";
import { useQuestion } from "../../server/use-question.ts";
import { type DeviceTimeline, readTimeline } from "../../server/users.ts";
import type { Amounts } from "../../text/amounts.ts";
import { type OpsSay, useOps } from "../../text/ops-wording.tsx";
import { FeedBar } from "./feed-bar.tsx";

const EVERY_MS = 4_000;

interface DevicePanelProps {
  readonly user: string;
  readonly device: string;
}

/** One device's connection, how far it is, and what is under way to it. */
export function DevicePanel({ user, device }: DevicePanelProps) {
  const { say, amounts } = useOps();
  const question = useCallback(
    (token: string) => readTimeline(token, user, device),
    [user, device],
  );
  const { answer, ask } = useQuestion(question, EVERY_MS);
  const title = say("deviceTitle", { device });
  return (
    <section className="panel wide" aria-labelledby="device-title">
      <header>
        <h2 id="device-title">{title}</h2>
        <Definition of={title} text={say("deviceDefinition")} />
      </header>
      <Answered answer={answer} missing={say("noDevicesOf", { user })} onRetry={ask}>
        {(timeline) => (
          <>
            <FeedBar timeline={timeline} />
            <dl className="story-facts">
              {factsOf(timeline, say, amounts).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            <Runs timeline={timeline} />
          </>
        )}
      </Answered>
    </section>
  );
}

function factsOf(
  { connection, cursor, head, exceptions, smoothedRoundTripMs }: DeviceTimeline,
  say: OpsSay,
  amounts: Amounts,
): readonly (readonly [string, string])[] {
  const connected: readonly (readonly [string, string])[] =
    connection === undefined
      ? [[say("state"), say("offline")]]
      : [
          [say("connectedSince"), amounts.moment(connection.openedAt)],
          [say("cause"), connection.cause],
          [say("heartbeat"), amounts.duration(connection.heartbeatMs)],
          [say("canAck"), say(connection.acks ? "yes" : "no")],
        ];
  const trip = smoothedRoundTripMs === null ? "–" : amounts.duration(smoothedRoundTripMs);
  return [
    ...connected,
    [say("cursor"), amounts.count(cursor)],
    [say("head"), amounts.count(head)],
    [say("roundTrip"), trip],
    ...(exceptions.length === 0 ? [] : [[say("exceptions"), exceptions.join(", ")] as const]),
  ];
}

function Runs({ timeline: { runs } }: { readonly timeline: DeviceTimeline }) {
  const { say, amounts } = useOps();
  if (runs.length === 0) return <p className="hint">{`${say("gap")}: ${say("noGap")}`}</p>;
  return (
    <ul className="runs">
      {runs.map(({ from, to, status, attempts, nextRetryAt }) => (
        <li key={from}>
          {say("range", { from, to })} · {say(status === "pending" ? "run_pending" : "run_waiting")}
          {attempts > 0 && ` · ${say("attempts", { n: attempts })}`}
          {nextRetryAt !== null && ` · ${say("nextRetryAt")} ${amounts.moment(nextRetryAt)}`}
        </li>
      ))}
    </ul>
  );
}
