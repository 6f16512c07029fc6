import { type HoldfastClient, LIMITS, type Profile } from "../../client/index.ts";
import { keep } from "../hooks/kept.ts";
import { PROFILES, profiles } from "./profiles.ts";

/** Those that are shown together are asked for together. */
const GATHER_MS = 100;
/** Too many questions, or no network. */
const AGAIN_MS = 30_000;
const KEPT = 500;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks for all that are wanted by then; those that were asked for are wanted no more. */
export function askProfiles(client: HoldfastClient, wanted: Set<string>): void {
  if (timer === undefined) askAfter(GATHER_MS, client, wanted);
}

function askAfter(waitMs: number, client: HoldfastClient, wanted: Set<string>): void {
  timer = setTimeout(() => void ask(client, wanted), waitMs);
}

async function ask(client: HoldfastClient, wanted: Set<string>): Promise<void> {
  const users = [...wanted].slice(0, LIMITS.profilesPerLookup);
  for (const user of users) wanted.delete(user);
  let waitMs = GATHER_MS;
  try {
    takeProfiles(users, await client.lookup({ users }));
  } catch {
    for (const user of users) wanted.add(user);
    waitMs = AGAIN_MS;
  }
  timer = undefined;
  if (wanted.size > 0) askAfter(waitMs, client, wanted);
}

/** Of `users` these tell something; the others have nothing to tell any more. */
export function takeProfiles(users: readonly string[], found: readonly Profile[]): void {
  const next = new Map(profiles.get());
  for (const user of users) next.delete(user);
  for (const profile of found) next.set(profile.user, profile);
  profiles.set(next);
  keep(PROFILES, JSON.stringify([...next.values()].slice(-KEPT)));
}
