import { LIMITS } from "../../protocol/limits.ts";
import { TIMING } from "../../protocol/timing.ts";
import { PROTOCOL_FLOOR, PROTOCOL_VERSION } from "../../protocol/version.ts";
import { isDevelopment } from "../env.ts";
import type { HttpContext } from "../http.ts";
import { currentSettings } from "../policy.ts";

/** `GET /v1/limits`: every limit and duration in force, for clients and tests. */
export async function limits(c: HttpContext): Promise<Response> {
  return c.json({
    version: PROTOCOL_VERSION,
    floor: PROTOCOL_FLOOR,
    development: isDevelopment(c.env),
    /** Whether files can be sent here at all. */
    files: c.env.FILES !== undefined,
    limits: LIMITS,
    timing: TIMING,
    settings: await currentSettings(c.env, Date.now()),
  });
}
