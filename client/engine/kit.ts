/** What a client takes, beside its engine, that not every app needs. */
import type { Platform } from "../ports.ts";
import type { ClientStore } from "../store.ts";
import type { KnownImage } from "./guarded-store.ts";
import type { Team, TeamEvents } from "./team.ts";

/** The clients over one store. */
export type TeamPort = Pick<Team, "join" | "leave" | "step" | "post" | "call">;

export interface Kit {
  team(platform: Platform, name: string, events: TeamEvents): TeamPort;
  /** The store as it is used: it may go on in memory when the one below fails. */
  guard(store: ClientStore, known: KnownImage, onDegraded: (cause: unknown) => void): ClientStore;
}

/** For one tab, and a store that does not fail. */
export const ALONE: Kit = {
  team: (_platform, _name, events) => ({
    join: () => events.lead(),
    leave() {},
    step() {},
    post() {},
    call: () => Promise.reject(new Error("nobody else leads")),
  }),
  guard: (store) => store,
};
