import { peerOf } from "../../client/index.ts";
import { useBlocked, useConversation } from "../../client/react/index.ts";
import { useDoing } from "../groups/use-doing.ts";
import { PersonAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import "../styles/people.css";
import { TtlSetting } from "./ttl-setting.tsx";

/** About the one whom one talks with, and what holds for what is said with them. */
export function PersonPanel() {
  const say = useSay();
  const { client, user } = useSession();
  const called = useCalled();
  const { conversation = "" } = useNavigation().route;
  const { ttlSeconds, gone = false } = useConversation(conversation) ?? {};
  const blocked = useBlocked();
  const [failure, act] = useDoing();
  const peer = peerOf(conversation, user);
  if (peer === undefined) return <p className="hint">{say("nobodyShown")}</p>;
  const isBlocked = blocked.includes(peer);
  // Without the server nothing is decided: it is asked again by the next press.
  const block = () => void client.block(peer, !isBlocked).catch(() => undefined);
  return (
    <div className="stack">
      <div className="portrait">
        <PersonAvatar user={peer} />
        <p>
          <strong>
            <bdi>{called(peer)}</bdi>
          </strong>
          <bdi className="hint">{peer}</bdi>
        </p>
      </div>
      {!gone && (
        <TtlSetting
          seconds={ttlSeconds}
          onChoose={(seconds) => act(client.setTtl(conversation, seconds))}
        />
      )}
      <p role="status" className="wrong">
        {failure}
      </p>
      {peer !== user && !gone && (
        <button type="button" className="link danger" onClick={block}>
          {say(isBlocked ? "unblock" : "block", { name: peer })}
        </button>
      )}
    </div>
  );
}
