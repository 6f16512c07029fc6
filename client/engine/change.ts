import type { UploadProgress } from "../file-model.ts";
import type { ConversationRow, OutboxRow, StoredEntry, StoreImage } from "../store.ts";
import type { Phase } from "./messages.ts";

/**
 * What became different, told after the commit to this tab's book and to all other tabs. It says
 * how things are now, never by how much they moved, so repeating it changes nothing.
 */
export interface Change {
  readonly user?: string;
  readonly rows?: readonly ConversationRow[];
  /** New and changed entries. */
  readonly entries?: readonly StoredEntry[];
  /** Those of them that have just come by the feed, in the order of the timeline. */
  readonly arrived?: readonly StoredEntry[];
  readonly outbox?: readonly OutboxRow[];
  /** Outbox rows that are no more. */
  readonly gone?: readonly number[];
  readonly phases?: readonly (readonly [number, Phase])[];
  /** How far the uploads of outbox rows are. */
  readonly progress?: readonly (readonly [number, UploadProgress])[];
  /** Everything anew, e.g. after a reset. */
  readonly image?: StoreImage;
}
