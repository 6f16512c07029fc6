/** What an app sees of a search. */
import type { Message } from "./model.ts";

/** Restricts a search. Times are server times in ms since 1970: at or after, and before. */
export interface SearchOptions {
  /** The user who wrote it. */
  readonly from?: string;
  readonly conversation?: string;
  readonly after?: number;
  readonly before?: number;
  /** Only messages with a file, or only those without. */
  readonly hasFile?: boolean;
  /** `next` of the page before. */
  readonly page?: string;
  /** Hits in a page, at most 50. Default: 20. */
  readonly limit?: number;
}

export interface SearchHit {
  /** As it is now. `history` with `around` its number brings what was said around it. */
  readonly message: Message;
  /** Where the words stand, in UTF-16 units of that field of `content`; `to` is the first after. */
  readonly highlights: readonly Highlight[];
}

export interface Highlight {
  readonly field: "text" | "caption" | "name" | "label";
  readonly from: number;
  readonly to: number;
}

export interface SearchResults {
  /** Best first: what is more about it, and what is newer. May be few, or none, before `next`. */
  readonly hits: readonly SearchHit[];
  /** `page` of the next ones; absent when there are no more. */
  readonly next: string | undefined;
}
