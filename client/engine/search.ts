/** Looking for messages: asked of the server, which has all of them. */
import { isNumbered } from "../core/amend.ts";
import { decodeSearchPage } from "../core/found.ts";
import { HoldfastError } from "../errors.ts";
import type { SearchOptions, SearchResults } from "../search-model.ts";
import type { Book } from "./book.ts";
import type { Questions } from "./questions.ts";

export async function searchMessages(
  questions: Questions,
  book: Book,
  query: string,
  options: SearchOptions,
): Promise<SearchResults> {
  const q = query.trim() === "" ? undefined : query;
  const page = decodeSearchPage(await questions.get("/v1/search", { q, ...options }));
  if (page === undefined) throw new HoldfastError("internal");
  const hits = page.hits.flatMap(({ entry, highlights }) =>
    isNumbered(entry) ? [{ message: book.message({ entry }), highlights }] : [],
  );
  return { hits, next: page.next };
}
