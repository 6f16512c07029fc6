import type { Message } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import type { Amendment } from "./amendments.ts";
import { reasonOf } from "./reason.ts";
import { useThread } from "./thread-context.ts";

interface FailureLineProps {
  readonly message: Message;
  readonly amendment: Amendment | undefined;
}

/** Why it did not go, and what can be done: never a dead end. */
export function FailureLine({ message, amendment }: FailureLineProps) {
  const say = useSay();
  const { client } = useSession();
  const { amendments } = useThread();
  const refused = typeof amendment?.progress === "object" ? amendment.progress.failed : undefined;
  if (refused !== undefined) {
    return (
      <p className="failure">
        {say("changeFailed", { reason: reasonOf(refused, say) })}{" "}
        <button type="button" className="link" onClick={() => amendments.forget(message.key)}>
          {say("close")}
        </button>
      </p>
    );
  }
  if (message.state !== "failed") return null;
  const reason = reasonOf(message.failure?.code ?? "internal", say);
  return (
    <p className="failure">
      {say("failedBecause", { reason })}{" "}
      <button type="button" className="link" onClick={() => settle(client.resend(message.key))}>
        {say("resend")}
      </button>{" "}
      <button type="button" className="link" onClick={() => settle(client.drop(message.key))}>
        {say("drop")}
      </button>
    </p>
  );
}

/** Settled meanwhile in another tab: the list shows how. */
function settle(done: Promise<void>): void {
  done.catch(() => undefined);
}
