import { useCallback, useEffect, useState } from "react";
import type { HoldfastClient } from "../../client/index.ts";
import { Link } from "../route/link.tsx";
import { useSay } from "../text/text-context.ts";
import { forgetAllOf } from "./forget-all.ts";

interface AccountDeletedProps {
  readonly user: string;
  /** Absent where nobody could sign in any more. */
  readonly client?: HoldfastClient;
}

/** What has been done about the messages that this browser kept. */
type Removal = "Removing" | "Blocked" | "Removed" | "Kept";

/** The end of a session whose account was deleted, in this window or elsewhere. */
// lazyPart() takes a module's default.
export default function AccountDeleted({ user, client }: AccountDeletedProps) {
  const say = useSay();
  const [removal, setRemoval] = useState<Removal>("Removing");
  const remove = useCallback(async () => {
    setRemoval("Removing");
    try {
      await client?.close();
      await forgetAllOf(user, () => setRemoval("Blocked"));
      setRemoval("Removed");
    } catch {
      // The person is told, and may ask again.
      setRemoval("Kept");
    }
  }, [user, client]);
  useEffect(() => void remove(), [remove]);
  return (
    <main className="notice">
      <h1>{say("deletedTitle", { name: user })}</h1>
      <p>{say("deletedWhat")}</p>
      <p role="status" className={removal === "Kept" ? "wrong" : undefined}>
        {say(`deleted${removal}`)}
      </p>
      <p>
        {removal === "Kept" && (
          <button type="button" className="button" onClick={() => void remove()}>
            {say("tryAgain")}
          </button>
        )}{" "}
        <Link to={{}} className="button primary">
          {say("signIn")}
        </Link>
      </p>
    </main>
  );
}
