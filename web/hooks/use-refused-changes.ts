import { useEffect } from "react";
import { useSession } from "../session/session-context.ts";

/**
 * A refused edit, recall or reaction is no message that a person could resend or drop, and would
 * hold back for ever what was written after it.
 */
export function useRefusedChanges(): void {
  const { client } = useSession();
  useEffect(
    () =>
      client.on("failed", ({ key, content }) => {
        if (content.kind === "text" || content.kind === "custom") return;
        // It may be gone already: dropped by another tab.
        client.drop(key).catch(() => undefined);
      }),
    [client],
  );
}
