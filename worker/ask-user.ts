import { within } from "./deadline.ts";
import type { HoldfastEnv } from "./env.ts";
import { type HttpContext, refuse } from "./http.ts";
import { logFailure } from "./log.ts";
import type { UserAnswer, UserRequest } from "./requests.ts";

const DEADLINE_MS = 5_000;
const RETRY_AFTER_MS = 2_000;

/** Asks a user's object and turns its answer into the response. */
export async function askUser(c: HttpContext, user: string, op: UserRequest): Promise<Response> {
  try {
    const answer = await requestOf(c.env, user, op);
    return answer.ok ? c.json((answer.value ?? {}) as object) : refuse(c, { code: answer.code });
  } catch (error) {
    logFailure("user-unreachable", error, c.get("id"));
    return refuse(c, { code: "busy", retryAfterMs: RETRY_AFTER_MS });
  }
}

/**
 * Every request is idempotent, so one that met a dying object is asked again, once, through a new
 * stub; an overloaded object is left alone.
 */
export async function requestOf(
  env: HoldfastEnv,
  user: string,
  op: UserRequest,
): Promise<UserAnswer> {
  try {
    return await within(env.USER.getByName(user).request(op), DEADLINE_MS);
  } catch (error) {
    if (!isWorthAsking(error)) throw error;
    return within(env.USER.getByName(user).request(op), DEADLINE_MS);
  }
}

/** Properties that the runtime puts on errors of calls between objects. */
interface CallError {
  readonly retryable?: boolean;
  readonly durableObjectReset?: boolean;
  readonly overloaded?: boolean;
}

function isWorthAsking(error: unknown): boolean {
  const { retryable, durableObjectReset, overloaded } = (error ?? {}) as CallError;
  return overloaded !== true && (retryable === true || durableObjectReset === true);
}
