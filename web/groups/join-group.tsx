import { useState } from "react";
import { HoldfastError } from "../../client/index.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { reasonOf } from "../thread/reason.ts";

interface JoinGroupProps {
  readonly conversation: string;
  readonly token: string;
}

// lazy() takes a module's default.
/** In the composer's place for whoever was invited by a link. */
export default function JoinGroup({ conversation, token }: JoinGroupProps) {
  const say = useSay();
  const { client } = useSession();
  const { route, replace } = useNavigation();
  const [failed, setFailed] = useState<string>();
  const [asked, setAsked] = useState(false);
  const join = async () => {
    setAsked(true);
    try {
      await client.joinByLink(conversation, token).accepted;
      const { join: _, ...rest } = route;
      replace(rest);
    } catch (error) {
      setAsked(false);
      setFailed(error instanceof HoldfastError ? error.code : "internal");
    }
  };
  return (
    <div className="read-only">
      <p>{say("invited")}</p>
      <button type="button" className="button primary" disabled={asked} onClick={() => void join()}>
        {say("join")}
      </button>
      <p role="status" className="wrong">
        {failed === undefined ? "" : reasonOf(failed, say)}
      </p>
    </div>
  );
}
