import { useState } from "react";
import { HoldfastError, type Message } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import type { Say } from "../text/texts.ts";

/** An entry that this device could not take: asked for once more, it may be able to by now. */
export function Placeholder({ message }: { readonly message: Message }) {
  const say = useSay();
  const { client } = useSession();
  const [failed, setFailed] = useState<string>();
  const { conversation, number } = message;
  const retry = async () => {
    try {
      await client.retryEntry(conversation, number ?? 0);
      setFailed(undefined);
    } catch (error) {
      setFailed(error instanceof HoldfastError ? error.code : "internal");
    }
  };
  return (
    <span className="other-content">
      {say("placeholder")}{" "}
      <button type="button" className="link" onClick={() => void retry()}>
        {say("tryAgain")}
      </button>
      {failed !== undefined && <span role="status"> {failureText(failed, say)}</span>}
    </span>
  );
}

function failureText(code: string, say: Say): string {
  return code === "offline" ? say("offline") : say("loadFailed", { code });
}
