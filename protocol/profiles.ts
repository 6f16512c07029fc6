/** What users tell about themselves in the directory; no message ever stands there. */
import * as v from "valibot";
import { userIdSchema } from "./ids.ts";
import { LIMITS, utf8Bytes } from "./limits.ts";

const HANDLE = /^[a-z0-9](?:[a-z0-9._]*[a-z0-9])?$/;

const shortText = v.pipe(
  v.string(),
  v.check((text) => utf8Bytes(text) <= LIMITS.nameBytes, `max-bytes:${LIMITS.nameBytes}`),
);

/** The name by which others find a user: chosen by them, and nobody else's. */
const handleSchema = v.pipe(v.string(), v.minLength(3), v.maxLength(32), v.regex(HANDLE, "handle"));

/** All that a user tells: what is left out is nothing from now on. */
export const profileSchema = v.strictObject({
  handle: v.exactOptional(handleSchema),
  name: v.exactOptional(shortText),
  /** Reference of a picture that was uploaded. */
  picture: v.exactOptional(shortText),
  /** Found also by how the handle begins; else only by all of it. */
  listed: v.exactOptional(v.boolean()),
});
export type ProfileDraft = v.InferOutput<typeof profileSchema>;

/** What others see of a user. */
export interface Profile {
  readonly user: string;
  readonly handle?: string;
  readonly name?: string;
  readonly picture?: string;
}

/** Exactly one of them says who is looked for. */
export const lookupSchema = v.union([
  v.strictObject({ handle: v.pipe(v.string(), v.maxLength(32)) }),
  v.strictObject({ prefix: v.pipe(v.string(), v.minLength(3), v.maxLength(32)) }),
  v.strictObject({
    users: v.pipe(
      v.string(),
      v.transform((text) => text.split(",")),
      v.array(userIdSchema),
      v.maxLength(LIMITS.profilesPerLookup),
    ),
  }),
]);
export type Lookup = v.InferOutput<typeof lookupSchema>;
