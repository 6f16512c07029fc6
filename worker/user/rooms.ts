import type { LiveSession } from "../core/session.ts";
import { narrower, type Room, wasTooMuch, wider } from "../core/slow-link.ts";
import type { Turn } from "./turn.ts";

/** What a device's link bears at a time. It outlives a session: whoever got nothing whole comes back. */

/** Bytes that may be under way to this device. */
export function roomOf({ memory, settings }: Turn, { device }: LiveSession): number {
  return Math.min(memory.rooms.get(device) ?? settings.windowBytes, settings.windowBytes);
}

export function narrow(turn: Turn, session: LiveSession): void {
  setRoom(turn, session, narrower(turn.memory.rooms.get(session.device), turn.settings.pageBytes));
}

export function widen(turn: Turn, session: LiveSession, tookMs: number): void {
  const room = turn.memory.rooms.get(session.device);
  setRoom(turn, session, wider(room, turn.settings.pageBytes, tookMs));
}

/** A session has ended: what was under way may have been too much for its link. */
export function noteUnfinished(turn: Turn, session: LiveSession): void {
  const [oldest] = session.feed.runs;
  if (oldest !== undefined && wasTooMuch(turn.now - oldest.firstAt)) narrow(turn, session);
}

function setRoom({ memory }: Turn, { device }: LiveSession, room: Room): void {
  if (room === undefined) memory.rooms.delete(device);
  else memory.rooms.set(device, room);
}
