import { useState } from "react";
import { PlaceLink } from "../../place/place-link.tsx";
import { usePlace } from "../../place/use-place.ts";
import { type OpenHandOff, replayHandOff } from "../../server/users.ts";
import { useOperator } from "../../session/operator-context.ts";
import { useOps } from "../../text/ops-wording.tsx";

interface HandOffRowProps {
  readonly user: string;
  readonly handOff: OpenHandOff;
  readonly onReplayed: () => void;
}

/** Where it hangs, and what can still be done. */
export function HandOffRow({ user, handOff, onReplayed }: HandOffRowProps) {
  const { say, amounts } = useOps();
  const { place } = usePlace();
  const { token } = useOperator();
  const [told, setTold] = useState("");
  const { id, conversation, at, failed, replayable } = handOff;
  const replay = async () => {
    const answer = await replayHandOff(token, user, id);
    setTold(answer.ok ? say("replayed") : say("failed", { code: answer.code }));
    onReplayed();
  };
  return (
    <li>
      {amounts.moment(at)} ·{" "}
      <PlaceLink to={{ view: "trace", range: place.range, message: id }}>
        <code dir="ltr">{id}</code>
      </PlaceLink>{" "}
      · <bdi>{conversation}</bdi> ·{" "}
      {failed === undefined ? (
        say("onItsWay")
      ) : (
        <span className="wrong">{say("failedBecause", { code: failed })}</span>
      )}
      {replayable && (
        <>
          {" "}
          <button type="button" className="link" onClick={() => void replay()}>
            {say("replay")}
          </button>
        </>
      )}
      {told !== "" && <span role="status"> {told}</span>}
    </li>
  );
}
