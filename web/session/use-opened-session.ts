import { useEffect, useState } from "react";
import { openSession, type Session } from "./session.ts";

export type Opening =
  | { readonly kind: "opening" }
  | { readonly kind: "open"; readonly session: Session }
  | { readonly kind: "failed"; readonly code: string };

/** One session for as long as the same user on the same device is shown. */
export function useOpenedSession(user: string, slot: string | undefined): Opening {
  const [opening, setOpening] = useState<Opening>({ kind: "opening" });
  useEffect(() => {
    let wanted = true;
    setOpening({ kind: "opening" });
    const opened = openSession(user, slot);
    opened.then(
      (session) => wanted && setOpening({ kind: "open", session }),
      (error: unknown) => wanted && setOpening({ kind: "failed", code: codeOf(error) }),
    );
    return () => {
      wanted = false;
      // A session that failed to open has nothing to close.
      opened.then(({ client }) => client.close()).catch(() => undefined);
    };
  }, [user, slot]);
  return opening;
}

function codeOf(error: unknown): string {
  return error instanceof Error ? error.message : "internal";
}
