/**
 * What repeating a request may bring, by its error's code: the client's copy of what `ERRORS` and
 * `CLIENT_ERRORS` say at length, which no app has to carry. A test compares them.
 */
const LATER: ReadonlySet<string> = new Set([
  ...["not-ready", "rate", "busy", "internal"],
  ...["closed", "gave-up", "outbox-full", "store-failed", "timeout", "offline"],
]);

/** A code that this version does not know is final: repeating it for ever would hide it. */
export function retryOf(code: string): "never" | "later" | "resend" {
  if (code === "gap") return "resend";
  return LATER.has(code) ? "later" : "never";
}
