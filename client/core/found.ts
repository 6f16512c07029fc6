/** What a search is answered, by the same cheap guards as frames. */
import type { SearchPage } from "../../protocol/search.ts";
import { isCount, isEntry, isText, listOf, optional, shape } from "./decode.ts";

const isPage = shape({
  hits: listOf(
    shape({
      entry: isEntry,
      highlights: listOf(shape({ field: isText, from: isCount, to: isCount })),
    }),
  ),
  next: optional(isText),
});

export function decodeSearchPage(body: unknown): SearchPage | undefined {
  return isPage(body) ? (body as SearchPage) : undefined;
}
