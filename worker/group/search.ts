import type { SearchPage } from "../../protocol/search.ts";
import { isExpired } from "../core/expiry.ts";
import type { Member } from "../core/group/state.ts";
import { type LogRow, toLogRow } from "../core/row.ts";
import type { GroupAnswer } from "../group-requests.ts";
import type { SearchRequest } from "../requests.ts";
import { searchPage } from "../search-page.ts";
import type { GroupTurn } from "./turn.ts";

/**
 * Searching the log of a large group: its members have few of its entries. It is indexed like a
 * timeline, by its numbers, from the switch on; before that each copy has an index.
 */

/** In one turn: an index that is far behind catches up over several. */
const BATCHES_AT_ONCE = 8;

export function indexLog({ memory, settings }: GroupTurn): void {
  const { log, roster } = memory;
  if ((roster.group?.copyFrom ?? 1) === 1) return;
  for (let batch = 0; batch < BATCHES_AT_ONCE; batch++) {
    const { indexed } = log.search;
    if (log.head - indexed < settings.searchRows) return;
    const rows = log.rows(indexed + 1, settings.searchRows);
    log.search.add(rows.map((row) => toLogRow(memory.me, row)));
  }
}

export function searchLog(turn: GroupTurn, { from }: Member, request: SearchRequest): GroupAnswer {
  const { log, me } = turn.memory;
  const tellable = (number: number): LogRow | undefined => {
    const row = number < from ? undefined : log.find(number);
    return row === undefined || isExpired(row, turn.now) ? undefined : toLogRow(me, row);
  };
  const answer = searchPage({ head: log.head, index: log.search, row: tellable }, request);
  if (!answer.ok) return answer;
  const { hits, ...rest } = answer.value as SearchPage;
  // They stand in nobody's timeline: 0 is no seq.
  const value: SearchPage = { hits: hits.map(withoutSeq), ...rest };
  return { ok: true, value };
}

function withoutSeq(hit: SearchPage["hits"][number]): SearchPage["hits"][number] {
  return { ...hit, entry: { ...hit.entry, seq: 0 } };
}
