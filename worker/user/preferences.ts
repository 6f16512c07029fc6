import type { Preferences, PreferencesPatch } from "../../protocol/preferences.ts";
import type { UserStore } from "../user-store.ts";
import type { Turn } from "./turn.ts";

/** What this user wants others to know; one fact, written when it changes. */

const DEFAULTS: Preferences = { readReceipts: true, writers: "everyone", presence: "contacts" };

export function storedPreferences(store: UserStore): Preferences {
  const readReceipts = store.fact("readReceipts") !== "off";
  const saved = JSON.parse(store.fact("preferences") ?? "{}") as PreferencesPatch;
  return { ...DEFAULTS, readReceipts, ...saved };
}

/** Applies to what happens from now on: what was told stays told. */
export function prefer(turn: Turn, patch: PreferencesPatch): Preferences {
  const before = turn.memory.preferences;
  const after = { ...before, ...patch };
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    turn.store.setFact("preferences", JSON.stringify(after));
    turn.memory.preferences = after;
  }
  return after;
}
