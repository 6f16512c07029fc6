import type { OpsSay } from "../../text/ops-wording.tsx";

/** As the server names it, for a status that a newer one may know. */
export function statusText(status: string, say: OpsSay): string {
  switch (status) {
    case "acked":
    case "pending":
    case "given-up":
    case "placeholder":
    case "unknown":
      return say(`status_${status}`);
    default:
      return status;
  }
}
