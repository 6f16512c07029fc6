import { useState } from "react";
import { peerOf } from "../../client/index.ts";
import { useNavigation } from "../route/use-route.ts";
import { killObject } from "../server/sign-in.ts";
import { freshToken } from "../session/credentials.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { FAIR, type Faults } from "./faults.ts";

interface ActionsProps {
  readonly faults: Faults;
  readonly broken: boolean;
}

const BURST = 10;

/** What happens once: a dropped socket, a killed object, a burst of messages. */
export function Actions({ faults, broken }: ActionsProps) {
  const say = useSay();
  const { client, user } = useSession();
  const { conversation } = useNavigation().route;
  const [said, setSaid] = useState("");
  const kill = async (name: string) => {
    const answer = await killObject(name, await freshToken(user));
    setSaid(answer.ok ? say("labKilled") : say("loadFailed", { code: answer.code }));
  };
  const burst = (to: string) => {
    for (let n = 1; n <= BURST; n += 1) client.send(to, say("labBurstText", { n }));
  };
  const peer = conversation === undefined ? undefined : peerOf(conversation, user);
  const victims = [...new Set([user, peer ?? user])];
  return (
    <div className="lab-actions">
      {conversation !== undefined && (
        <button type="button" className="button" onClick={() => burst(conversation)}>
          {say("labBurst")}
        </button>
      )}
      <button type="button" className="button" onClick={() => faults.dropSockets()}>
        {say("labDrop")}
      </button>
      {victims.map((name) => (
        <button
          key={name}
          type="button"
          className="button"
          onClick={() => kill(name).catch(() => setSaid(say("signInUnreachable")))}
        >
          {say("labKill", { name })}
        </button>
      ))}
      {broken && (
        <button type="button" className="button primary" onClick={() => faults.set(FAIR)}>
          {say("labHeal")}
        </button>
      )}
      <span className="hint" role="status">
        {said}
      </span>
    </div>
  );
}
