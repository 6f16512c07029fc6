import { useEffect, useState } from "react";
import { IconButton } from "../kit/icon-button.tsx";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

type Notice = "degraded" | "resetNotice";

/** What one should know although nothing can be done about it. */
export function Notices() {
  const { client } = useSession();
  const say = useSay();
  const [notice, setNotice] = useState<Notice>();
  useEffect(() => {
    const stopStore = client.on("degraded", () => setNotice("degraded"));
    const stopSync = client.on("sync", ({ kind }) => {
      if (kind === "reset") setNotice("resetNotice");
    });
    return () => {
      stopStore();
      stopSync();
    };
  }, [client]);
  if (notice === undefined) return null;
  return (
    <div className="banner" role="alert">
      <p>{say(notice)}</p>
      <IconButton icon="close" label={say("close")} onClick={() => setNotice(undefined)} />
    </div>
  );
}
