import type { Address, HandOff } from "../protocol/hand-offs.ts";
import type { Hint, HintReply } from "../protocol/presence.ts";
import { within } from "./deadline.ts";
import type { GroupStub, HoldfastEnv, UserStub } from "./env.ts";
import { logFailure } from "./log.ts";
import type { CallOutcome } from "./user/turn.ts";

/** Says something in passing; undefined when it was lost. */
export async function hintPeer(
  env: HoldfastEnv,
  to: Address,
  hint: Hint,
  timeoutMs: number,
): Promise<HintReply | undefined> {
  try {
    return await within(Promise.resolve(stubOf(env, to).hint(hint)), timeoutMs);
  } catch (error) {
    logFailure("hint", error);
    return undefined;
  }
}

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
    const reply = await within(Promise.resolve(stubOf(env, to).handOff(call)), timeoutMs);
    return { ok: true, reply };
  } catch (error) {
    logFailure("hand-off", error);
    return { ok: false };
  }
}

function stubOf(env: HoldfastEnv, to: Address): UserStub | GroupStub {
  const name = to.slice(to.indexOf(":") + 1);
  return to.startsWith("group:") ? env.GROUP.getByName(name) : env.USER.getByName(name);
}
