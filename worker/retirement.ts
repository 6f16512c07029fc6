import { fnv1a } from "./core/hash.ts";
import { forgetProfile } from "./directory.ts";
import type { HoldfastEnv, TombstoneStub } from "./env.ts";
import { eraseUser } from "./files/bucket.ts";
import { logFailure } from "./log.ts";

const SHARES = 256;

/**
 * What is outside of a user's own object ends with the account: the profile and the files go, and
 * the tombstone says so for good. Each step may be repeated. False: not all of it was done.
 */
export async function retire(env: HoldfastEnv, user: string): Promise<boolean> {
  try {
    if (env.DIRECTORY !== undefined) await forgetProfile(env.DIRECTORY, user, Date.now());
    await tombstones(env, user).bury(user);
    // Pages of files: the next alarm goes on.
    return env.FILES === undefined || (await eraseUser(env.FILES, user));
  } catch (error) {
    logFailure("retirement", error);
    return false;
  }
}

/** Whether an object that is like new was somebody's before. */
export function isBuried(env: HoldfastEnv, user: string): Promise<boolean> {
  return tombstones(env, user).isBuried(user);
}

/** The same share for ever: the number of shares may never change. */
function tombstones(env: HoldfastEnv, user: string): TombstoneStub {
  return env.TOMBSTONE.getByName(String(fnv1a(user) % SHARES));
}
