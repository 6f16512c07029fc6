import type { CoreOptions } from "./basic-client.ts";
import { People } from "./engine/people.ts";
import { SHARED } from "./engine/shared-kit.ts";
import type { SearchOptions, SearchResults } from "./search-model.ts";

export type { CoreOptions };

/** All that the SDK can do, on a platform of the caller's choice. */
export class CoreClient extends People {
  constructor(options: CoreOptions) {
    super(options, SHARED);
  }

  /**
   * Messages that have all these words, each as it is or as a beginning, "in quotes" exactly so;
   * case and accents count for nothing. With an empty query: whatever passes `from`, `conversation`
   * or `hasFile`. Of a group whose `mode` is or was `large` all is found where `conversation` names it,
   * else one's own words and those that mention one. Needs the server: rejects with `offline`, or
   * `bad-field` for a query without words.
   */
  async search(query: string, options: SearchOptions = {}): Promise<SearchResults> {
    const { searchMessages } = await import("./engine/search.ts");
    return searchMessages(this.questions, this.book, query, options);
  }
}
