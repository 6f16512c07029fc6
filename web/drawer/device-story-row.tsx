import { Icon } from "../kit/icon.tsx";
import type { DeviceStory, Push } from "../server/trace.ts";
import { useWording } from "../text/text-context.ts";
import type { TextKey } from "../text/texts.ts";

interface DeviceStoryRowProps {
  readonly story: DeviceStory;
  readonly acceptedAt: number | undefined;
}

export function DeviceStoryRow({ story, acceptedAt }: DeviceStoryRowProps) {
  const { say } = useWording();
  const done = story.status === "acked" || story.status === "unknown";
  return (
    <li>
      <p>
        <Icon name={done ? "checks" : "clock"} /> <code>{story.device.slice(0, 10)}</code>{" "}
        {!done && <span className="tag">{say("infoOnTheWay")}</span>}
        {story.status === "unknown" && <span className="tag">{say("infoTimeNotKept")}</span>}
      </p>
      {story.pushes.map((push) => (
        <PushLine key={push.firstPushAt} push={push} acceptedAt={acceptedAt} />
      ))}
    </li>
  );
}

const ROUTES: Readonly<Record<string, TextKey & `route${string}`>> = {
  live: "routeLive",
  retry: "routeRetry",
  "catch-up": "routeCatchUp",
  urgent: "routeUrgent",
};

function PushLine({
  push,
  acceptedAt,
}: {
  readonly push: Push;
  readonly acceptedAt: number | undefined;
}) {
  const { say, formats } = useWording();
  const route = ROUTES[push.route];
  const tookMs =
    push.ackedAt !== undefined && acceptedAt !== undefined && push.ackedAt - acceptedAt;
  return (
    <dl className="facts">
      <dt>{say("infoRoute")}</dt>
      <dd>
        {route === undefined ? push.route : say(route)}, {say("infoAttempts", { n: push.attempts })}
      </dd>
      <dt>{say("infoPushed")}</dt>
      <dd>{formats.exact(push.firstPushAt)}</dd>
      {push.ackedAt !== undefined && (
        <>
          <dt>{say("infoAcked")}</dt>
          <dd>
            {formats.exact(push.ackedAt)}{" "}
            {tookMs !== false && <span className="hint">+{formats.duration(tookMs)}</span>}
          </dd>
        </>
      )}
    </dl>
  );
}
