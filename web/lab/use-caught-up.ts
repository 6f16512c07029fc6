import { useEffect, useState } from "react";
import { useSession } from "../session/session-context.ts";

/** Entries that came by catch-up since the lab was opened. */
export function useCaughtUp(): number {
  const { client } = useSession();
  const [count, setCount] = useState(0);
  useEffect(
    () =>
      client.on("sync", (event) => {
        if (event.kind === "started") setCount((before) => before + event.missed);
      }),
    [client],
  );
  return count;
}
