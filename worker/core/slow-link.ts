/**
 * A frame arrives whole or not at all. Over a slow link a full page takes longer than its client
 * waits for a sign of life, and one that is sent again before it can have arrived stands in the way
 * of all that follows: neither may go on for ever without the device getting any further.
 */

/** Below this, smaller frames are hardly sooner there. */
const LEAST_BYTES = 2_048;
/** What arrives sooner than this comes over a link that bears more. */
const QUICK_MS = 1_000;
/** What a slow link carries in a second. */
const SLOW_BYTES_PER_SECOND = 8_000;
/** As much under way as this is there at once, wherever it is retried in earnest. */
const FREE_BYTES = 8_192;

/** Bytes that may be under way to a device, all together; undefined: as many as its window holds. */
export type Room = number | undefined;

/** Something was not acked in time, or the device left without having got it. */
export function narrower(room: Room, pageBytes: number): Room {
  return Math.max(LEAST_BYTES, Math.floor((room ?? pageBytes) / 2));
}

/** A run that was sent once was acked after so long. */
export function wider(room: Room, pageBytes: number, tookMs: number): Room {
  if (room === undefined || tookMs >= QUICK_MS) return room;
  return room * 2 > pageBytes ? undefined : room * 2;
}

/** Whether a run that has been out for so long at the end of a session was too much for its link. */
export function wasTooMuch(outMs: number): boolean {
  return outMs >= QUICK_MS;
}

/** How much longer to wait for an ack while so much is under way. */
export function passageMs(bytes: number): number {
  return Math.round((Math.max(0, bytes - FREE_BYTES) * 1_000) / SLOW_BYTES_PER_SECOND);
}
