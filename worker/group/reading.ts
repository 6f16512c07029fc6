import { rangeOf, type Wanted } from "../../protocol/history.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import { isOver, remains } from "../core/expiry.ts";
import { fitAround } from "../core/fit.ts";
import type { Member } from "../core/group/state.ts";
import { endsOfNothing } from "../core/page.ts";
import { type Logged, toLoggedEntry } from "../core/row.ts";
import type { GroupAnswer, GroupHistoryPage, LogPage } from "../group-requests.ts";
import type { GroupTurn } from "./turn.ts";

/** What members read of the log itself: from where their view begins, as it is now. */

/** What an answer says beside its entries. */
const ENVELOPE_BYTES = 1_024;

/** A run from after `after` on, oldest first, for devices that follow the log. */
export function logPage(
  turn: GroupTurn,
  { from }: Member,
  { after, limit }: { readonly after: number; readonly limit: number },
): GroupAnswer {
  const { log } = turn.memory;
  const start = Math.max(after + 1, from);
  let room = LIMITS.pageBytes;
  const found = log.rows(start, limit).map((row) => toLoggedEntry(told(turn, row)));
  const cut = found.findIndex((entry, index) => {
    room -= utf8Bytes(JSON.stringify(entry));
    return room < 0 && index > 0;
  });
  const entries = cut === -1 ? found : found.slice(0, cut);
  const value: LogPage = { entries, head: log.head };
  return { ok: true, value };
}

/** A page from anywhere, newest first, where the member's own object has not all of it. */
export function historyOf(turn: GroupTurn, { from: oldest }: Member, wanted: Wanted): GroupAnswer {
  const { log, me } = turn.memory;
  const range = rangeOf(wanted, oldest, log.head);
  if (range === undefined) {
    return { ok: true, value: { entries: [], ...endsOfNothing(wanted, oldest, log.head) } };
  }
  const { from, to, anchor } = range;
  const found = log.rows(from, to - from + 1).reverse();
  const entries = found.map((row) => ({ conversation: me, ...toLoggedEntry(told(turn, row)) }));
  const sizes = entries.map((entry) => utf8Bytes(JSON.stringify(entry)) + 1);
  const { first, last } = fitAround(sizes, to - anchor, LIMITS.pageBytes - ENVELOPE_BYTES);
  const page = entries.slice(first, last + 1);
  const value: GroupHistoryPage = {
    entries: page,
    more: (page.at(-1)?.number ?? oldest) > oldest,
    newer: (page[0]?.number ?? log.head) < log.head,
  };
  return { ok: true, value };
}

/** What is over is blanked later, and told no more. */
function told({ memory, now }: GroupTurn, row: Logged): Logged {
  const isGone = isOver(row, now, (number) => memory.log.find(number));
  return isGone ? { ...row, body: remains(row.body), changes: null } : row;
}
