import { type NumberSpan, withNumbers } from "../../protocol/marks.ts";
import type { DeviceRow } from "../core/device.ts";
import { type Progress, refusedByAll } from "../core/poison.ts";
import type { Session } from "../core/session.ts";
import type { Timeline } from "../timeline.ts";
import type { RefusedEntry, Turn } from "./turn.ts";

/** Messages below a delivered mark that no device of this user has (rules R16 and R17). */

/** How far each device is, as its row or its session knows. */
export function progressOf(devices: readonly DeviceRow[], sessions: Iterable<Session>): Progress[] {
  const acked = new Map<string, number>();
  for (const one of sessions) {
    if (one.phase === "live" && one.acks) acked.set(one.device, one.acked);
  }
  return devices.map(({ device, cursor, exceptions }) => {
    return { cursor: Math.max(cursor, acked.get(device) ?? 0), exceptions };
  });
}

/** Of what all devices refuse, the messages of others. */
export function refusedEntries(
  timeline: Timeline,
  devices: readonly Progress[],
  me: string,
): readonly RefusedEntry[] {
  return refusedByAll(devices).flatMap((seq) => {
    const row = timeline.row(seq);
    if (row === undefined || row.number === null || row.origin?.user === me) return [];
    return [{ seq, conversation: row.conversation, number: row.number }];
  });
}

/** Some device's exceptions have changed: returns what no longer is refused. */
export function lookAtExceptions({ memory, store }: Turn): readonly RefusedEntry[] {
  const before = memory.refused;
  const devices = progressOf(store.devices(), memory.sessions.values());
  memory.refused = refusedEntries(memory.timeline, devices, memory.me);
  const still = new Set(memory.refused.map(({ seq }) => seq));
  return before.filter(({ seq }) => !still.has(seq));
}

/** A device that refuses nothing but `exceptions` has everything up to `seq`. */
export function takeRefused(
  { memory }: Turn,
  seq: number,
  exceptions: readonly number[],
): readonly RefusedEntry[] {
  const taken = memory.refused.filter((one) => one.seq <= seq && !exceptions.includes(one.seq));
  if (taken.length > 0) memory.refused = memory.refused.filter((one) => !taken.includes(one));
  return taken;
}

/** What the delivered mark of a conversation does not speak of. */
export function exceptIn({ memory }: Turn, conversation: string): readonly NumberSpan[] {
  const { unseen = [] } = memory.timeline.conversation(conversation).people ?? {};
  const refused = memory.refused.filter((one) => one.conversation === conversation);
  const numbers = refused.map(({ number }) => number);
  return numbers.length === 0 ? unseen : withNumbers(unseen, numbers);
}
