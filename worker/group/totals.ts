import type { Totals } from "../../protocol/hand-offs.ts";
import { isDelivered } from "../../protocol/marks.ts";
import type { Member } from "../core/group/state.ts";
import type { GroupTurn } from "./turn.ts";

/**
 * How many have an author's newest message: a hint for the author's devices, told now and then with
 * what goes there anyway, or by the alarm. Who they are is told on request.
 */

/** Between two hints to the same author. */
const BETWEEN_HINTS_MS = 1_000;
/** Authors who are told; the one who has been silent longest gives way. */
const AUTHORS_TOLD = 64;

export function noteAuthor({ memory }: GroupTurn, user: string, number: number): void {
  const at = memory.totals.get(user)?.at ?? 0;
  memory.totals.delete(user);
  memory.totals.set(user, { number, delivered: 0, read: 0, of: undefined, at });
  const [longest] = memory.totals.keys();
  if (memory.totals.size > AUTHORS_TOLD && longest !== undefined) memory.totals.delete(longest);
}

/** No device of this author is there to be told. */
export function forgetAuthor({ memory }: GroupTurn, user: string): void {
  memory.totals.delete(user);
}

/** How many of the others who can see an entry have it. */
export function countTotals({ memory }: GroupTurn, number: number, author: string): Totals {
  const totals = { number, delivered: 0, read: 0, of: 0 };
  for (const member of memory.roster.present()) {
    if (member.user === author || member.from > number) continue;
    const cursor = memory.cursors.of(member.user);
    totals.of += 1;
    if (!isDelivered(cursor, number)) continue;
    totals.delivered += 1;
    if (cursor.read >= number) totals.read += 1;
  }
  return totals;
}

/** What is news to this author; noted as told. */
export function newTotals(turn: GroupTurn, { user, state }: Member): Totals | undefined {
  const told = turn.memory.totals.get(user);
  if (told === undefined || state !== "member") return undefined;
  if (turn.now - told.at < BETWEEN_HINTS_MS) return undefined;
  const totals = countTotals(turn, told.number, user);
  const { delivered, read, of } = totals;
  const isSame = delivered === told.delivered && read === told.read && of === (told.of ?? of);
  if (isSame) return undefined;
  turn.memory.totals.set(user, { ...totals, at: turn.now });
  return totals;
}

/** Authors for whom there may be news. */
export function authors({ memory }: GroupTurn): Iterable<string> {
  return memory.totals.keys();
}
