/**
 * The heartbeat. The runtime answers exactly this text without waking the user's object, so any
 * other text would cost a wake-up each time.
 */
export const PING = '{"t":"ping"}';

/** The answer to PING. `head` is the newest seq when it was set: a hint, never a cursor. */
export function pong(head: number): string {
  return `{"t":"pong","head":${head}}`;
}
