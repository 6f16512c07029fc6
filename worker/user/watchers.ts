import type { LiveSession } from "../core/session.ts";
import { liveSessions, type Turn } from "./turn.ts";

/** Sessions of this user that look at a user or a group. */
export function watchersOf(turn: Turn, seen: string): LiveSession[] {
  return liveSessions(turn).filter(
    ({ watching, watchUntil }) => watchUntil > turn.now && watching.includes(seen),
  );
}
