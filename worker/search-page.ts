import type { SearchHit, SearchPage } from "../protocol/search.ts";
import { type LogRow, toEntry } from "./core/row.ts";
import { type Filter, fieldsOf, passes } from "./core/search/documents.ts";
import { matchFields } from "./core/search/match.ts";
import { type Clause, parseQuery } from "./core/search/query.ts";
import { compareRanks, type Ranked, rankOf, readPlace, writePlace } from "./core/search/rank.ts";
import type { SearchRequest, UserAnswer } from "./requests.ts";
import type { SearchIndex } from "./search-index.ts";

/**
 * A page of what somebody looks for. The index only proposes: every hit is judged by what its row
 * says now, so nothing that is edited away, recalled or withheld is ever found.
 */

/** A page is the best of so many matches; the ones before them follow on later pages. */
const WINDOW_MATCHES = 128;

/** Rows that can be searched, each at its place: a timeline by seq, or a group's log by number. */
export interface Searched {
  readonly head: number;
  readonly index: SearchIndex;
  /** Undefined: there is nothing that may be told now. */
  row(place: number): LogRow | undefined;
}

interface Hit extends Ranked {
  readonly hit: SearchHit;
}

export function searchPage(searched: Searched, request: SearchRequest): UserAnswer {
  const { q, page, limit } = request;
  const query = q === undefined ? { ok: true as const, clauses: [] } : parseQuery(q);
  if (!query.ok) return { ok: false, code: "bad-field" };
  const place = page === undefined ? { below: searched.head + 1 } : readPlace(page);
  const { hits, lowest } = bestOf(searched, query.clauses, request, place.below);
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
function bestOf(searched: Searched, clauses: readonly Clause[], filter: Filter, below: number) {
  const hits: Hit[] = [];
  for (const place of candidates(searched, clauses, filter, below)) {
    const row = searched.row(place);
    if (row === undefined || !passes(row, filter)) continue;
    const hit = judge(row, place, clauses);
    if (hit !== undefined) hits.push(hit);
    if (hits.length >= WINDOW_MATCHES) return { hits: hits.sort(compareRanks), lowest: place };
  }
  return { hits: hits.sort(compareRanks), lowest: undefined };
}

/** Those that are not indexed yet are looked at one by one. */
function* candidates(
  { head, index }: Searched,
  clauses: readonly Clause[],
  filter: Filter,
  below: number,
): Iterable<number> {
  for (let place = Math.min(head, below - 1); place > index.indexed; place--) yield place;
  yield* index.candidates(clauses, filter, below);
}

function judge(row: LogRow, seq: number, clauses: readonly Clause[]): Hit | undefined {
  const fields = fieldsOf(row.body);
  const match = fields === undefined ? undefined : matchFields(fields, clauses);
  if (match === undefined) return undefined;
  const { highlights, relevance } = match;
  const hit = { entry: toEntry(row), highlights: [...highlights] };
  return { seq, rank: rankOf(relevance, row.at), hit };
}
