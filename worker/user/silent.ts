import { TIMING } from "../../protocol/timing.ts";
import type { WaitingSession } from "../core/session.ts";
import { endSession } from "./sessions.ts";
import type { Turn } from "./turn.ts";

/**
 * Sockets whose device has not said hello. Nearly all say it at once, so nothing is written for them:
 * the shell looks again after a moment, and only a socket that is silent then costs an alarm, by
 * which it is ended. The object sleeps meanwhile.
 */

/** Hello follows the opening at once: more than a round trip. The object is awake as long. */
const MOMENT_MS = 1_000;
const SECOND_MS = 1_000;

export function endSilent(turn: Turn): void {
  for (const session of waiting(turn)) {
    if (turn.now - session.openedAt > TIMING.helloMs) endSession(turn, session, "helloTimeout");
  }
}

/** When those that are silent for more than a moment are to be ended: all of a second at its end. */
export function silentNeeds(turn: Turn): number[] {
  return waiting(turn)
    .filter(({ openedAt }) => turn.now - openedAt >= MOMENT_MS)
    .map(({ openedAt }) => Math.ceil((openedAt + TIMING.helloMs + 1) / SECOND_MS) * SECOND_MS);
}

/** Has the shell look again while there are sockets so new that they may just not have come to it. */
export function watchNew(turn: Turn): void {
  const { memory, now } = turn;
  const ends = waiting(turn)
    .map(({ openedAt }) => openedAt + MOMENT_MS)
    .filter((at) => at > now);
  const lookAt = ends.length === 0 ? null : Math.min(...ends);
  if (lookAt === memory.lookAt) return;
  memory.lookAt = lookAt;
  turn.effects.push({ kind: "look", afterMs: lookAt === null ? null : lookAt - now });
}

function waiting(turn: Turn): WaitingSession[] {
  return [...turn.memory.sessions.values()].filter((session) => session.phase === "waiting");
}
