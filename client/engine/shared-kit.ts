import { GuardedStore } from "./guarded-store.ts";
import type { Kit } from "./kit.ts";
import { Team } from "./team.ts";

/** For several tabs over one store, and for stores that browsers lose. */
export const SHARED: Kit = {
  team: (platform, name, events) => new Team(platform, name, events),
  guard: (store, known, onDegraded) => new GuardedStore(store, known, onDegraded),
};
