import { useCallback, useEffect } from "react";
import type { HoldfastClient, Profile } from "../../client/index.ts";
import { useObservable } from "../../client/react/index.ts";
import { kept } from "../hooks/kept.ts";
import { newValue, type Value } from "../hooks/value.ts";
import { useSession } from "../session/session-context.ts";

/** What a user is called. */
export type Called = (user: string) => string;

type Profiles = ReadonlyMap<string, Profile>;

/** Of earlier visits too: who is offline sees names all the same. */
export const PROFILES = "holdfast.profiles";

/** What people tell about themselves, as far as this browser has heard. */
export const profiles: Value<Profiles> = newValue<Profiles>(read());

/** Shown, and not asked for since the page was opened. */
const wanted = new Set<string>();
const seen = new Set<string>();

type AskProfiles = typeof import("./ask-profiles.ts")["askProfiles"];
let askProfiles: AskProfiles | undefined;
let isLoading = false;

/**
 * Loaded once: every row that is shown asks, and each `import()` costs the browser some tasks even
 * when it has the module.
 */
function ask(client: HoldfastClient): void {
  if (askProfiles !== undefined) return askProfiles(client, wanted);
  if (isLoading) return;
  isLoading = true;
  import("./ask-profiles.ts")
    .finally(() => {
      isLoading = false;
    })
    .then(
      (module) => {
        askProfiles = module.askProfiles;
        askProfiles(client, wanted);
      },
      // Without a network names are worth waiting for: they are wanted still.
      () => undefined,
    );
}

/** The name that a user has chosen, else their id; whoever is shown is asked for. */
export function useCalled(): Called {
  const { client } = useSession();
  const known = useObservable(profiles);
  useEffect(() => {
    if (wanted.size > 0) ask(client);
  });
  return useCallback(
    (user) => {
      if (!seen.has(user)) {
        seen.add(user);
        wanted.add(user);
      }
      return known.get(user)?.name || user;
    },
    [known],
  );
}

function read(): Profiles {
  try {
    const stored = JSON.parse(kept(PROFILES) ?? "[]") as readonly Profile[];
    return new Map(stored.map((profile) => [profile.user, profile]));
  } catch {
    // Of another version: they are asked for anyway.
    return new Map();
  }
}
