import { useCallback } from "react";
import type { Table } from "../../figures/table.ts";
import { waterfallOf } from "../../figures/waterfall.ts";
import { Answered } from "../../kit/answered.tsx";
import { Panel } from "../../kit/panel.tsx";
import { readTrace, type Trace } from "../../server/trace.ts";
import { useQuestion } from "../../server/use-question.ts";
import { type OpsSay, useOps } from "../../text/ops-wording.tsx";
import { routeText } from "../../text/route-text.ts";
import { statusText } from "./status-text.ts";
import { WaterfallChart } from "./waterfall-chart.tsx";

const EVERY_MS = 4_000;

export function Story({ id }: { readonly id: string }) {
  const { say } = useOps();
  const question = useCallback((token: string) => readTrace(token, id), [id]);
  const { answer, ask } = useQuestion(question, EVERY_MS);
  return (
    <div className="wide">
      <Answered answer={answer} missing={say("notFound")} onRetry={ask}>
        {(trace) => <StoryPanel trace={trace} />}
      </Answered>
    </div>
  );
}

function StoryPanel({ trace }: { readonly trace: Trace }) {
  const { say, amounts } = useOps();
  const { conversation, number, acceptedAt, routed, failed } = trace;
  return (
    <Panel
      wide
      title={say("traceTitle")}
      definition={say("traceDefinition")}
      table={tableOf(trace, say)}
    >
      <dl className="story-facts">
        <div>
          <dt>{say("messageId")}</dt>
          <dd>
            <code dir="ltr">{trace.id}</code>
          </dd>
        </div>
        <div>
          <dt>{say("conversation")}</dt>
          <dd>
            <code dir="ltr">{conversation}</code> ·{" "}
            {number === null ? say("noNumber") : `${say("number")} ${amounts.count(number)}`}
          </dd>
        </div>
        <div>
          <dt>{say("acceptedAt")}</dt>
          <dd>{amounts.moment(acceptedAt)}</dd>
        </div>
      </dl>
      {failed !== undefined && <p className="wrong">{say("failedBecause", { code: failed })}</p>}
      {!routed && failed === undefined && <p className="hint">{say("notRouted")}</p>}
      {trace.devices.length === 0 ? (
        <p className="hint">{say("noDevices")}</p>
      ) : (
        <WaterfallChart waterfall={waterfallOf(trace)} />
      )}
    </Panel>
  );
}

function tableOf({ devices }: Trace, say: OpsSay): Table {
  return {
    columns: [
      { label: say("user"), kind: "text" },
      { label: say("device"), kind: "text" },
      { label: say("state"), kind: "text" },
      { label: say("route"), kind: "text" },
      { label: say("pushes"), kind: "count" },
      { label: say("firstPushAt"), kind: "time" },
      { label: say("lastPushAt"), kind: "time" },
      { label: say("ackedAt"), kind: "time" },
      { label: say("nextRetryAt"), kind: "time" },
    ],
    rows: devices.flatMap(({ user, device, status, pushes, nextRetryAt }) => {
      const state = statusText(status, say);
      if (pushes.length === 0)
        return [[user, device, state, null, 0, null, null, null, nextRetryAt]];
      return pushes.map(({ route, attempts, firstPushAt, lastPushAt, ackedAt }) => [
        user,
        device,
        state,
        routeText(route, say),
        attempts,
        firstPushAt,
        lastPushAt,
        ackedAt,
        nextRetryAt,
      ]);
    }),
  };
}
