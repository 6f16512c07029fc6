import type { Connection } from "../../client/index.ts";
import type { Say } from "../text/texts.ts";

export type Trouble = "none" | "some" | "broken";

export function isTrouble({ state, online }: Connection): Trouble {
  switch (state.kind) {
    case "live":
    case "syncing":
    case "hidden":
      return "none";
    case "needs-auth":
    case "closed":
      return "broken";
    case "offline":
      return "some";
    default:
      return online ? "none" : "some";
  }
}

export function connectionText({ state, online }: Connection, now: number, say: Say): string {
  switch (state.kind) {
    case "live":
      return say("online");
    case "syncing":
      return syncingText(Math.max(0, state.want - state.have), say);
    case "offline":
      return say("offline");
    case "hidden":
      return say("sleeping");
    case "backoff":
      return online ? say("online") : reconnectingText(state.retryAt - now, say);
    case "needs-auth":
      return say("needsAuth");
    case "closed":
      return closedText(state.reason, say);
    default:
      return online ? say("online") : say("connecting");
  }
}

function syncingText(missing: number, say: Say): string {
  return missing > 0 ? say("catchingUp", { n: missing }) : say("syncing");
}

function reconnectingText(waitMs: number, say: Say): string {
  return say("reconnectingIn", { n: Math.max(0, Math.ceil(waitMs / 1_000)) });
}

function closedText(reason: string, say: Say): string {
  if (reason === "replaced") return say("connectionReplaced");
  if (reason === "revoked") return say("connectionRevoked");
  return reason === "outdated" ? say("connectionOutdated") : say("connectionClosed");
}
