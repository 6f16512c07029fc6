import type { Address, HandOff } from "../protocol/hand-offs.ts";
import { within } from "./deadline.ts";
import type { HoldfastEnv } from "./env.ts";
import { logFailure } from "./log.ts";
import type { CallOutcome } from "./user/turn.ts";

/**
 * Calls another object, with a deadline and a new stub each time (a broken stub fails for good).
 * Whatever goes wrong is one answer: nothing is known about what the other side did. The lane's
 * backoff decides when it is asked again, so an overloaded object is never hammered.
 */
export async function callPeer(
  env: HoldfastEnv,
  to: Address,
  call: HandOff,
  timeoutMs: number,
): Promise<CallOutcome> {
  try {
    const name = to.slice(to.indexOf(":") + 1);
    const reply = await within(Promise.resolve(env.USER.getByName(name).handOff(call)), timeoutMs);
    return { ok: true, reply };
  } catch (error) {
    logFailure("hand-off", error);
    return { ok: false };
  }
}
