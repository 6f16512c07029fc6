import { isExpired } from "../core/expiry.ts";
import { isLogRow, type LogRow } from "../core/row.ts";
import type { SearchAnswer, SearchRequest, UserAnswer } from "../requests.ts";
import { searchPage } from "../search-page.ts";
import { logElsewhere } from "./history.ts";
import type { Turn } from "./turn.ts";
import { isVisible, knowsConversation } from "./visible.ts";

/**
 * Searching a user's messages. Rows are indexed in batches, when a checkpoint or the alarm writes
 * anyway; the rows since are looked through one by one.
 */

/** In one turn: an index that is far behind catches up over several. */
const BATCHES_AT_ONCE = 8;

export function indexRows(turn: Turn): void {
  const { timeline } = turn.memory;
  const { searchRows } = turn.settings;
  for (let batch = 0; batch < BATCHES_AT_ONCE; batch++) {
    const { indexed } = timeline.search;
    if (timeline.head - indexed < searchRows) return;
    timeline.search.add(timeline.rows(indexed + 1, searchRows));
  }
}

export function searchMessages(turn: Turn, request: SearchRequest): UserAnswer {
  const { conversation } = request;
  // Nobody is told which conversations exist without them.
  if (conversation !== undefined && !knowsConversation(turn, conversation)) {
    return { ok: false, code: "not-found" };
  }
  const group = conversation === undefined ? undefined : logElsewhere(turn, conversation);
  if (group !== undefined) return { ok: true, value: { group } satisfies SearchAnswer };
  const { timeline } = turn.memory;
  const row = (seq: number) => tellable(turn, seq);
  return searchPage({ head: timeline.head, index: timeline.search, row }, request);
}

function tellable(turn: Turn, seq: number): LogRow | undefined {
  const row = turn.memory.timeline.row(seq);
  if (row === undefined || !isLogRow(row)) return undefined;
  return isVisible(turn, row) && !isExpired(row, turn.now) ? row : undefined;
}
