import { useConnection } from "../../client/react/index.ts";
import { useNow } from "../hooks/use-now.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { connectionText, isTrouble } from "./connection-text.ts";

/** Always true: what the connection does, how much waits, how much is missing. */
export function ConnectionLine() {
  const { client } = useSession();
  const say = useSay();
  const connection = useConnection();
  const { state, waiting, leader } = connection;
  const now = useNow(state.kind === "backoff" ? 500 : undefined);
  const canRetry = state.kind === "backoff" || state.kind === "needs-auth";
  return (
    <div
      className="connection"
      data-trouble={isTrouble(connection)}
      data-calm={state.kind === "live" && waiting === 0}
      role="status"
    >
      <span className="dot" aria-hidden="true" />
      <span>
        {connectionText(connection, now, say)}
        {!leader && state.kind === "live" && ` ${say("throughOtherTab")}`}
      </span>
      {waiting > 0 && <span className="count">{say("queued", { n: waiting })}</span>}
      {canRetry && (
        <button type="button" className="link" onClick={() => client.reconnect()}>
          {say("retryNow")}
        </button>
      )}
    </div>
  );
}
