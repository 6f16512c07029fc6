import { LIMITS } from "../../protocol/limits.ts";
import { isPoison, strike } from "../core/poison.ts";
import { noteTaken } from "./marks.ts";
import { lookAtExceptions } from "./refused.ts";
import type { Turn } from "./turn.ts";

/** What a device's row remembers about entries that the device could not take (rule R17). */

/** A session ended without getting past the head of its feed. */
export function strikeDevice(turn: Turn, device: string, seq: number): void {
  const row = turn.store.device(device);
  if (row === undefined) return;
  const strikes = strike(row.strikes, seq, turn.now);
  if (isPoison(strikes)) addException(turn, device, seq);
  else turn.store.saveDevice({ ...row, strikes });
}

/** From now on the device is fed a placeholder at `seq`; returns all of its exceptions. */
export function addException(turn: Turn, device: string, seq: number): readonly number[] {
  const row = turn.store.device(device);
  if (row === undefined) return [];
  const others = row.exceptions.filter((known) => known !== seq);
  const exceptions = [...others, seq].slice(-LIMITS.exceptionsPerDevice);
  turn.store.saveDevice({ ...row, strikes: null, exceptions });
  noteTaken(turn, lookAtExceptions(turn));
  return exceptions;
}

export function removeException(turn: Turn, device: string, seq: number): readonly number[] {
  const row = turn.store.device(device);
  if (row === undefined) return [];
  const exceptions = row.exceptions.filter((known) => known !== seq);
  turn.store.saveDevice({ ...row, exceptions });
  noteTaken(turn, lookAtExceptions(turn));
  return exceptions;
}
