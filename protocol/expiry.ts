/** Messages that live for a while: who says for how long, and what is left of them. */
import * as v from "valibot";
import { LIMITS } from "./limits.ts";

/**
 * Messages that are numbered after this one live for so many seconds from their acceptance on; null:
 * as long as the conversation. Either side of a direct conversation may say it, admins in a group.
 */
export const ttlContentSchema = v.strictObject({
  kind: v.literal("ttl"),
  seconds: v.nullable(
    v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(LIMITS.ttlSeconds)),
  ),
});

/** Stands in the place of a message whose time is over; its content is nowhere any more. */
export const expiredBodySchema = v.strictObject({ kind: v.literal("expired") });
