import type { Body } from "../protocol/entries.ts";
import type { TimelineRow } from "./core/row.ts";
import { entryTerms, type Filter, filterTags, spanFilter } from "./core/search/documents.ts";
import {
  decodePart,
  encodePart,
  findPrefix,
  findTerm,
  mergeParts,
  type Part,
  partOf,
} from "./core/search/postings.ts";
import type { Clause } from "./core/search/query.ts";
import { intersect, withoutSeq, withSeq } from "./core/search/seqs.ts";
import type { SearchStore, Segment } from "./search-store.ts";

/** Raised when terms or parts are made in another way: what was indexed before is indexed anew. */
const INDEX_VERSION = 1;

/** So many segments of a level become one of the next, which has so many times more parts. */
const FAN_IN = 8;
const PARTS_PER_LEVEL = 4;
const TOP_LEVEL = 3;

/** A row whose body becomes another. */
export interface Rewording {
  readonly row: TimelineRow;
  readonly body: Body;
}

/**
 * Which entries have which terms: the index that a search asks. It is an LSM tree: rows are indexed
 * in batches, each a segment of its own, and segments are merged as they become many. It always says
 * what the rows say that it covers: whoever rewrites a row tells `reword`, in the same transaction.
 */
export class SearchIndex {
  readonly #store: SearchStore;
  #known: Segment[] | undefined;
  /** What is reworded together with more that is still to come. */
  #held: Rewording[] | undefined;

  constructor(store: SearchStore) {
    this.#store = store;
  }

  /** Rows up to here are indexed, those after it are not. */
  get indexed(): number {
    return this.#segments().at(-1)?.last ?? 0;
  }

  /** Indexes the rows that follow, without a hole. */
  add(rows: readonly TimelineRow[]): void {
    const first = this.indexed + 1;
    const postings = new Map<string, number[]>();
    for (const row of rows) {
      for (const term of entryTerms(row)) {
        const seqs = postings.get(term);
        if (seqs === undefined) postings.set(term, [row.seq]);
        else seqs.push(row.seq);
      }
    }
    if (first === 1) this.#store.deleteOthers(INDEX_VERSION);
    const segment = { first, last: rows.at(-1)?.seq ?? first, level: 0 };
    this.#store.putPart(segment, 0, encodePart(postings), INDEX_VERSION);
    this.#segments().push(segment);
    while (this.#mergeNewest());
  }

  /** All that `work` rewords is written at once: a part in which several stand only once. */
  together(work: () => void): void {
    const held: Rewording[] = [];
    this.#held = held;
    work();
    this.#held = undefined;
    this.reword(held);
  }

  /** Bodies become others: the index forgets what they said, and knows what they say. */
  reword(changes: readonly Rewording[]): void {
    if (this.#held !== undefined) {
      this.#held.push(...changes);
      return;
    }
    for (const segment of this.#segments()) {
      const inside = changes.filter(
        ({ row }) => row.seq >= segment.first && row.seq <= segment.last,
      );
      if (inside.length > 0) this.#rewordIn(segment, inside);
    }
  }

  /**
   * Seqs below `below` of entries that have all terms of all clauses and the filter's tags, newest
   * first. Some of them may not match after all: the order of terms and exact times are not here.
   */
  *candidates(clauses: readonly Clause[], filter: Filter, below: number): IterableIterator<number> {
    for (const segment of this.#segments().toReversed()) {
      if (segment.first >= below) continue;
      const found = this.#find(segment, clauses, filter);
      for (const seq of found.toReversed()) if (seq < below) yield seq;
    }
  }

  #segments(): Segment[] {
    this.#known ??= this.#store.segments(INDEX_VERSION);
    return this.#known;
  }

  #find(segment: Segment, clauses: readonly Clause[], filter: Filter): number[] {
    const parts = new Map<number, Part>();
    const read = (term: string) => {
      const part = partOf(term, partsOf(segment));
      const known = parts.get(part) ?? this.#store.part(segment.first, part);
      parts.set(part, known);
      return known;
    };
    const spans = spanFilter(filter);
    let found: number[] | undefined;
    const lists = function* () {
      // What narrows most comes first: nothing of the others is decoded where it finds nothing.
      if (spans !== undefined) yield findPrefix(read("@t"), "@t", spans);
      for (const tag of filterTags(filter)) yield findTerm(read(tag), tag);
      for (const { terms, isPrefix } of clauses) {
        for (const [index, term] of terms.entries()) {
          const isOpen = isPrefix && index === terms.length - 1;
          yield isOpen ? findPrefix(read(term), term) : findTerm(read(term), term);
        }
      }
    };
    for (const list of lists()) {
      found = found === undefined ? list : intersect(found, list);
      if (found.length === 0) break;
    }
    return found ?? [];
  }

  #rewordIn(segment: Segment, changes: readonly Rewording[]): void {
    const parts = new Map<number, Map<string, number[]>>();
    const postingsOf = (term: string) => {
      const part = partOf(term, partsOf(segment));
      const known = parts.get(part) ?? decodePart(this.#store.part(segment.first, part));
      parts.set(part, known);
      return known;
    };
    for (const { row, body } of changes) {
      const before = entryTerms(row);
      const after = entryTerms(row, body);
      for (const term of before.difference(after)) withoutSeq(postingsOf(term), term, row.seq);
      for (const term of after.difference(before)) withSeq(postingsOf(term), term, row.seq);
    }
    for (const [part, postings] of parts) {
      this.#store.putPart(segment, part, encodePart(postings), INDEX_VERSION);
    }
  }

  /** The newest segments become one as soon as there are enough of a level. Whether they did. */
  #mergeNewest(): boolean {
    const segments = this.#segments();
    const sources = segments.slice(-FAN_IN);
    const [oldest, newest] = [sources[0], sources.at(-1)];
    if (sources.length < FAN_IN || oldest === undefined || newest === undefined) return false;
    const { level } = newest;
    if (oldest.level !== level || level >= TOP_LEVEL) return false;
    const merged = { first: oldest.first, last: newest.last, level: level + 1 };
    for (let part = 0; part < partsOf(newest); part++) {
      const texts = sources.map(({ first }) => this.#store.part(first, part));
      for (const { first } of sources) this.#store.deletePart(first, part);
      for (const [target, text] of mergeParts(texts, partsOf(merged))) {
        this.#store.putPart(merged, target, text, INDEX_VERSION);
      }
    }
    if (this.#store.part(merged.first, 0) === "") this.#store.putPart(merged, 0, "", INDEX_VERSION);
    segments.splice(-FAN_IN, FAN_IN, merged);
    return true;
  }
}

function partsOf({ level }: Segment): number {
  return PARTS_PER_LEVEL ** level;
}
