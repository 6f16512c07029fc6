import { useEffect } from "react";
import { useObservable } from "../../client/react/index.ts";
import { isGone, type Session } from "./session.ts";

const AGAIN_MS = 3_000;

/**
 * Whether the account of this session is deleted, here or elsewhere. Its connection ends like that of
 * a device that was removed: which of the two it is, the server knows.
 */
export function useDeleted({ client, deleted }: Session): boolean {
  const { state } = useObservable(client.connection);
  const isRevoked = state.kind === "closed" && state.reason === "revoked";
  useEffect(() => {
    if (!isRevoked) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wanted = true;
    const look = () =>
      client.preferences().then(
        () => undefined,
        (error: unknown) => {
          if (!wanted) return;
          if (isGone(error)) deleted.set(true);
          else timer = setTimeout(look, AGAIN_MS);
        },
      );
    void look();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, deleted, isRevoked]);
  return useObservable(deleted);
}
