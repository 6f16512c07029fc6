import { within } from "./deadline.ts";
import type { HoldfastEnv } from "./env.ts";
import type { GroupAnswer, GroupRequest } from "./group-requests.ts";
import { type HttpContext, refuse } from "./http.ts";
import { logFailure } from "./log.ts";
import type { UserAnswer, UserRequest } from "./requests.ts";

const DEADLINE_MS = 5_000;
const RETRY_AFTER_MS = 2_000;

/** Asks a user's object and turns its answer into the response. */
export async function askUser(c: HttpContext, user: string, op: UserRequest): Promise<Response> {
  return respond(c, await answerOf(c, () => requestOf(c.env, user, op)));
}

/** Asks a group's object and turns its answer into the response. */
export async function askGroup(c: HttpContext, group: string, op: GroupRequest): Promise<Response> {
  return respond(c, await answerOf(c, () => groupRequestOf(c.env, group, op)));
}

/** The answer of an object; of one that can't be reached it is `busy`. */
export async function answerOf(
  c: HttpContext,
  ask: () => Promise<UserAnswer>,
): Promise<UserAnswer> {
  try {
    return await ask();
  } catch (error) {
    logFailure("object-unreachable", error, c.get("id"));
    return { ok: false, code: "busy", retryAfterMs: RETRY_AFTER_MS };
  }
}

function respond(c: HttpContext, answer: UserAnswer): Response {
  return answer.ok ? c.json((answer.value ?? {}) as object) : refuseAs(c, answer);
}

/** An object's refusal in its own words. */
export function refuseAs(c: HttpContext, answer: Extract<UserAnswer, { ok: false }>): Response {
  const { ok: _, ...error } = answer;
  return refuse(c, error);
}

export function requestOf(env: HoldfastEnv, user: string, op: UserRequest): Promise<UserAnswer> {
  return askTwice(() => env.USER.getByName(user).request(op));
}

export function groupRequestOf(
  env: HoldfastEnv,
  group: string,
  op: GroupRequest,
): Promise<GroupAnswer> {
  return askTwice(() => env.GROUP.getByName(group).request(op));
}

/**
 * Every request is idempotent, so one that met a dying object is asked again, once, through a new
 * stub; an overloaded object is left alone.
 */
async function askTwice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await within(ask(), DEADLINE_MS);
  } catch (error) {
    if (!isWorthAsking(error)) throw error;
    return within(ask(), DEADLINE_MS);
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
