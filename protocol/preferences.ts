/** What a user wants others to be able to do and to know; the same on all devices. */
import * as v from "valibot";

/** A change: what is left out stays as it is. */
export const preferencesPatchSchema = v.strictObject({
  /** Whether others learn what this user has read. */
  readReceipts: v.exactOptional(v.boolean()),
  /**
   * Whose first words come in like any other. `contacts`: of whom this user has written to, or has
   * accepted; what others say waits in a request.
   */
  writers: v.exactOptional(v.picklist(["everyone", "contacts"])),
  /** Who may know whether this user is there, and when they last were. */
  presence: v.exactOptional(v.picklist(["everyone", "contacts", "nobody"])),
});
export type PreferencesPatch = v.InferOutput<typeof preferencesPatchSchema>;
export type Preferences = Required<PreferencesPatch>;
