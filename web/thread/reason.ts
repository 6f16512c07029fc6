import type { Say, TextKey } from "../text/texts.ts";

const REASONS: Readonly<Record<string, Exclude<TextKey & `reason${string}`, "reasonOther">>> = {
  expired: "reasonExpired",
  "gave-up": "reasonExpired",
  "too-big": "reasonTooBig",
  "not-allowed": "reasonNotAllowed",
  "not-found": "reasonNotFound",
  gone: "reasonGone",
  "too-late": "reasonTooLate",
  rate: "reasonRate",
  "outbox-full": "reasonFull",
  "store-failed": "reasonStore",
};

/** A code of protocol/errors.ts or the SDK's, as a person would say it. */
export function reasonOf(code: string, say: Say): string {
  const known = REASONS[code];
  return known === undefined ? say("reasonOther", { code }) : say(known);
}
