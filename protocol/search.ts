/** What `GET /v1/search` answers. */
import * as v from "valibot";
import { entrySchema } from "./entries.ts";

const placeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A match in one text of the body; places in UTF-16 units, `to` is the first one after it. */
export const highlightSchema = v.object({
  field: v.picklist(["text", "caption", "name", "label"]),
  from: placeSchema,
  to: placeSchema,
});
export type Highlight = v.InferOutput<typeof highlightSchema>;

export const searchHitSchema = v.object({
  /** The message as it is now. */
  entry: entrySchema,
  /** In the order of the text; empty where nothing but a filter was asked for. */
  highlights: v.array(highlightSchema),
});
export type SearchHit = v.InferOutput<typeof searchHitSchema>;

/** Best first: what is more about it, and what is newer. */
export const searchPageSchema = v.object({
  hits: v.array(searchHitSchema),
  /** `page` of the next one; absent on the last. A page may be short, and even empty, before it. */
  next: v.optional(v.string()),
});
export type SearchPage = v.InferOutput<typeof searchPageSchema>;
