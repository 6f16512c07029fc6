import { isUserId } from "../../client/index.ts";
import { keep, kept } from "../hooks/kept.ts";
import { type Credentials, signInForDevelopment } from "../server/sign-in.ts";

const SPARE_MS = 60_000;
/** Who has signed in and not out again: their messages are in this browser. */
const USERS = "holdfast.users";

// Frames of one window share their session storage, so that each user has a key there.
function keyOf(user: string): string {
  return `holdfast.session.${user}`;
}

export function keepCredentials(credentials: Credentials): void {
  const { user } = credentials;
  sessionStorage.setItem(keyOf(user), JSON.stringify(credentials));
  if (!knownUsers().includes(user)) keep(USERS, [...knownUsers(), user].join(" "));
}

export function forgetCredentials(user: string): void {
  sessionStorage.removeItem(keyOf(user));
  const others = knownUsers().filter((other) => other !== user);
  keep(USERS, others.join(" "));
}

/** Whom the page can show without a server. */
export function knownUsers(): readonly string[] {
  return (kept(USERS) ?? "").split(" ").filter(isUserId);
}

export function keptCredentials(user: string): Credentials | undefined {
  const kept = sessionStorage.getItem(keyOf(user));
  return kept === null ? undefined : (JSON.parse(kept) as Credentials);
}

/**
 * A token that is good for a while, signing in again where that takes no password. Rejects with the
 * error's code, as the SDK wants it.
 */
export async function freshToken(user: string): Promise<string> {
  const kept = keptCredentials(user);
  if (kept !== undefined && kept.expiresAt - SPARE_MS > Date.now()) return kept.token;
  if (kept?.development === false) throw new Error("unauthenticated");
  const answer = await signInForDevelopment(user);
  if (!answer.ok) throw new Error(answer.code);
  keepCredentials(answer.value);
  return answer.value.token;
}
