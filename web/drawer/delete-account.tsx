import { type FormEvent, useState } from "react";
import { HoldfastError } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { reasonOf } from "../thread/reason.ts";

/** For good: so the name has to be typed, and no key is pressed by mistake. */
export function DeleteAccount() {
  const say = useSay();
  const { client, user, deleted } = useSession();
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState("");
  const [isAsked, setAsked] = useState(false);
  const remove = async (event: FormEvent) => {
    event.preventDefault();
    if (typed !== user) return;
    setAsked(true);
    try {
      await client.deleteAccount();
      deleted.set(true);
    } catch (error) {
      setAsked(false);
      setFailure(reasonOf(error instanceof HoldfastError ? error.code : "internal", say));
    }
  };
  return (
    <details className="danger-zone">
      <summary>{say("deleteAccount")}</summary>
      <form className="stack" onSubmit={(event) => void remove(event)}>
        <p>{say("deleteHint")}</p>
        <label>
          {say("deleteType", { name: user })}
          <input
            dir="ltr"
            value={typed}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" className="button danger" disabled={typed !== user || isAsked}>
          {say("deleteForGood")}
        </button>
        <p role="status" className="wrong">
          {failure}
        </p>
      </form>
    </details>
  );
}
