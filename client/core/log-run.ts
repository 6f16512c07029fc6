/** Entries of a large group's log, as they come over HTTP or are passed through. */
import type { LoggedEntry } from "../../protocol/large-groups.ts";
import type { NumberedEntry } from "./amend.ts";
import { isCount, isEntry, listOf } from "./decode.ts";

/** They stand in nobody's timeline: 0 is no seq. Undefined: no contiguous run of entries. */
export function asEntries(
  conversation: string,
  logged: readonly LoggedEntry[] | undefined,
): readonly NumberedEntry[] | undefined {
  if (!Array.isArray(logged)) return undefined;
  const entries: unknown = logged.map((entry) => ({ ...entry, seq: 0, conversation }));
  if (!listOf(isEntry)(entries)) return undefined;
  const run = entries as readonly NumberedEntry[];
  const isRun = run.every(({ number }, index) => {
    return isCount(number) && number === (run[0]?.number ?? 0) + index;
  });
  return isRun ? run : undefined;
}
