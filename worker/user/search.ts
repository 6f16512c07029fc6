import type { SearchHit, SearchPage } from "../../protocol/search.ts";
import { isExpired } from "../core/expiry.ts";
import { isLogRow, type LogRow, toEntry } from "../core/row.ts";
import { type Filter, fieldsOf, passes } from "../core/search/documents.ts";
import { matchFields } from "../core/search/match.ts";
import { type Clause, parseQuery } from "../core/search/query.ts";
import { compareRanks, type Ranked, rankOf, readPlace, writePlace } from "../core/search/rank.ts";
import type { SearchRequest, UserAnswer } from "../requests.ts";
import type { Turn } from "./turn.ts";
import { isVisible, knowsConversation } from "./visible.ts";

/**
 * Searching a user's messages. Rows are indexed in batches, when a checkpoint or the alarm writes
 * anyway; the rows since are looked through one by one. The index only proposes: every hit is judged
 * by what its row says now, so nothing that is edited away, recalled or withheld is ever found.
 */

/** A page is the best of so many matches; the ones before them follow on later pages. */
const WINDOW_MATCHES = 128;
/** In one turn: an index that is far behind catches up over several. */
const BATCHES_AT_ONCE = 8;

interface Hit extends Ranked {
  readonly hit: SearchHit;
}

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
  const { q, page, limit, conversation } = request;
  const query = q === undefined ? { ok: true as const, clauses: [] } : parseQuery(q);
  if (!query.ok) return { ok: false, code: "bad-field" };
  // Nobody is told which conversations exist without them.
  if (conversation !== undefined && !knowsConversation(turn, conversation)) {
    return { ok: false, code: "not-found" };
  }
  const { timeline } = turn.memory;
  const place = page === undefined ? { below: timeline.head + 1 } : readPlace(page);
  const { hits, lowest } = bestOf(turn, query.clauses, request, place.below);
  const { after } = place;
  const left = after === undefined ? hits : hits.filter((hit) => compareRanks(after, hit) < 0);
  const told = left.slice(0, limit);
  const last = told.at(-1);
  const isMoreHere = left.length > told.length && last !== undefined;
  const older = lowest === undefined ? undefined : { below: lowest };
  const next = isMoreHere ? { below: place.below, after: last } : older;
  const value: SearchPage = {
    hits: told.map(({ hit }) => hit),
    ...(next === undefined ? {} : { next: writePlace(next) }),
  };
  return { ok: true, value };
}

/** The newest matches below `below`, best first, and where older ones may follow. */
function bestOf(turn: Turn, clauses: readonly Clause[], filter: Filter, below: number) {
  const hits: Hit[] = [];
  for (const seq of candidates(turn, clauses, filter, below)) {
    const row = turn.memory.timeline.row(seq);
    if (row === undefined || !isLogRow(row) || !passes(row, filter)) continue;
    if (!isVisible(turn, row) || isExpired(row, turn.now)) continue;
    const hit = judge(row, clauses);
    if (hit !== undefined) hits.push(hit);
    if (hits.length >= WINDOW_MATCHES) return { hits: hits.sort(compareRanks), lowest: seq };
  }
  return { hits: hits.sort(compareRanks), lowest: undefined };
}

function* candidates(
  turn: Turn,
  clauses: readonly Clause[],
  filter: Filter,
  below: number,
): Iterable<number> {
  const { timeline } = turn.memory;
  const { indexed } = timeline.search;
  for (let seq = Math.min(timeline.head, below - 1); seq > indexed; seq--) yield seq;
  yield* timeline.search.candidates(clauses, filter, below);
}

function judge(row: LogRow, clauses: readonly Clause[]): Hit | undefined {
  const fields = fieldsOf(row.body);
  const match = fields === undefined ? undefined : matchFields(fields, clauses);
  if (match === undefined) return undefined;
  const { highlights, relevance } = match;
  const hit = { entry: toEntry(row), highlights: [...highlights] };
  return { seq: row.seq, rank: rankOf(relevance, row.at), hit };
}
