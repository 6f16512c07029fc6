import { forgetUser } from "../../client/platform/forgetting.ts";
import { DRAFTS } from "../composer/draft.ts";
import { UNSENT } from "../composer/unsent.ts";
import { PROFILES } from "../people/profiles.ts";
import { forgetCredentials, knownUsers } from "./credentials.ts";

/**
 * Nothing of this user stays in this browser. Their session is closed before; `onBlocked`: another
 * window holds messages still, and is waited for. Rejects when the browser can't delete.
 */
export async function forgetAllOf(user: string, onBlocked: () => void): Promise<void> {
  forgetCredentials(user);
  const own = [`${DRAFTS}${user} `, `${UNSENT}${user} `];
  // Whom they know, unless somebody else here knows them too.
  if (knownUsers().length === 0) own.push(PROFILES);
  for (const key of Object.keys(localStorage)) {
    if (own.some((prefix) => key.startsWith(prefix))) localStorage.removeItem(key);
  }
  await forgetUser(location.origin, user, { onBlocked });
}
