/** Which kinds of body are messages; apart from the schemas, so that the client's bundle has it. */
import type { Body } from "./entries.ts";

const MESSAGES: ReadonlySet<Body["kind"]> = new Set([
  "text",
  "custom",
  "file",
  "location",
  "contact",
]);

/** Only these are counted as unread and shown as messages; the rest says something about them. */
export function isCountable(body: Body): boolean {
  return MESSAGES.has(body.kind);
}
