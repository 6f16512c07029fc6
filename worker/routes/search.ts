/** Looking for messages, in the object of who looks. */
import * as v from "valibot";
import { conversationIdSchema, userIdSchema } from "../../protocol/ids.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import { parseQuery } from "../core/search/query.ts";
import { PLACE } from "../core/search/rank.ts";
import { type HttpContext, queryNumber, readQuery, refuse } from "../http.ts";
import { readThrough } from "../read-through.ts";
import type { SearchRequest } from "../requests.ts";

const DEFAULT_HITS = "20";
const timeSchema = queryNumber(0, Number.MAX_SAFE_INTEGER);

const searchQuerySchema = v.strictObject({
  q: v.optional(
    v.pipe(
      v.string(),
      v.check((q) => utf8Bytes(q) <= LIMITS.searchBytes, `max-bytes:${LIMITS.searchBytes}`),
    ),
  ),
  from: v.optional(userIdSchema),
  conversation: v.optional(conversationIdSchema),
  before: v.optional(timeSchema),
  after: v.optional(timeSchema),
  hasFile: v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.transform((text) => text === "true"),
    ),
  ),
  page: v.optional(v.pipe(v.string(), v.regex(PLACE, "search-page"))),
  limit: v.optional(queryNumber(1, LIMITS.searchHits), DEFAULT_HITS),
});

export async function search(c: HttpContext): Promise<Response> {
  const query = readQuery(c, searchQuerySchema);
  if (!query.ok) return refuse(c, query.error);
  const { q, from, conversation, hasFile } = query.value;
  const parsed = q === undefined ? undefined : parseQuery(q);
  if (parsed?.ok === false) return refuse(c, { code: "bad-field", field: "q", rule: parsed.rule });
  const isFiltered = from !== undefined || conversation !== undefined || hasFile === true;
  if (q === undefined && !isFiltered) {
    return refuse(c, { code: "bad-field", field: "q", rule: "query-or-filter" });
  }
  const { user } = c.get("identity");
  const asked = given(query.value);
  return readThrough(c, { kind: "search", ...asked }, { kind: "search", user, ...asked });
}

/** What is absent stays absent, rather than being undefined. */
function given(query: v.InferOutput<typeof searchQuerySchema>): SearchRequest {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  return { limit: query.limit, ...Object.fromEntries(entries) };
}
