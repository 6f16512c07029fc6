import { useCallback } from "react";
import { parseConversation, parseMessageId } from "../../client/index.ts";
import { useCalled } from "../people/profiles.ts";
import { useNavigation } from "../route/use-route.ts";
import { traceMessage } from "../server/trace.ts";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";
import { DeviceStoryRow } from "./device-story-row.tsx";
import { Receipts } from "./receipts.tsx";
import { useAnswer } from "./use-answer.ts";

const REFRESH_MS = 2_000;

/** Per device: when and by which route it got there. */
export function MessageInfo({ id }: { readonly id: string }) {
  const { user } = useSession();
  const { say } = useWording();
  if (parseMessageId(id)?.user !== user) return <p className="hint">{say("infoOthersOnly")}</p>;
  return <OwnMessageInfo id={id} />;
}

function OwnMessageInfo({ id }: { readonly id: string }) {
  const { say, formats } = useWording();
  const called = useCalled();
  const { conversation = "" } = useNavigation().route;
  const { answer } = useAnswer(
    useCallback((token: string) => traceMessage(id, token), [id]),
    REFRESH_MS,
  );
  if (answer === undefined) return <p className="hint">{say("loading")}</p>;
  if (!answer.ok) {
    const notYet = answer.code === "not-found";
    return <p>{notYet ? say("infoNotYet") : say("loadFailed", { code: answer.code })}</p>;
  }
  const { number, acceptedAt, devices } = answer.value;
  const users = [...new Set(devices.map((device) => device.user))];
  return (
    <>
      <dl className="facts">
        <dt>{say("infoAccepted")}</dt>
        <dd>{acceptedAt === undefined ? "–" : formats.exact(acceptedAt)}</dd>
        <dt>{say("infoNumber")}</dt>
        <dd>{number ?? "–"}</dd>
        <dt>{say("infoId")}</dt>
        <dd>
          <code>{id}</code>
        </dd>
      </dl>
      {parseConversation(conversation)?.kind === "group" && number !== undefined && (
        <Receipts conversation={conversation} number={number} />
      )}
      {devices.length === 0 && <p className="hint">{say("infoNoDevices")}</p>}
      {users.map((name) => (
        <section key={name} className="person">
          <h3>
            <bdi>{called(name)}</bdi>
          </h3>
          <ul>
            {devices
              .filter((device) => device.user === name)
              .map((device) => (
                <DeviceStoryRow key={device.device} story={device} acceptedAt={acceptedAt} />
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}
