import type { ConnectCause } from "../../../../protocol/client-frames.ts";
import type { OpsSay } from "../../text/ops-wording.tsx";

const CAUSES: Readonly<Record<ConnectCause, true>> = {
  first: true,
  "heartbeat-missed": true,
  "request-timeout": true,
  "network-change": true,
  "network-lost": true,
  resume: true,
  "server-closed": true,
  token: true,
  replaced: true,
  unknown: true,
};

/** As the client names it, for a cause that a newer one may know. */
export function causeText(cause: string, say: OpsSay): string {
  return isKnown(cause) ? say(`cause_${cause}`) : cause;
}

function isKnown(cause: string): cause is ConnectCause {
  return Object.hasOwn(CAUSES, cause);
}
