import { useConnection, usePresence } from "../../client/react/index.ts";
import { useNow } from "../hooks/use-now.ts";
import { isTrouble } from "../rail/connection-text.ts";
import { useWording } from "../text/text-context.ts";

const MINUTE_MS = 60_000;

// lazy() takes a module's default.
/** Whether the other one is there: as far as they let others know. */
export default function PresenceLine({ peer }: { readonly peer: string }) {
  const { say, formats } = useWording();
  const now = useNow(MINUTE_MS);
  const presence = usePresence(peer);
  const isCutOff = isTrouble(useConnection()) !== "none";
  // Without a connection nobody knows.
  if (presence === undefined || isCutOff) return null;
  const { online, lastSeenAt } = presence;
  if (!online && lastSeenAt === undefined) return null;
  return (
    <p className="presence" data-online={online}>
      {online ? say("present") : say("lastSeen", { time: formats.short(lastSeenAt ?? now, now) })}
    </p>
  );
}
