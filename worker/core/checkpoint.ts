import type { Due } from "./expiry.ts";

/** What a timeline keeps beside its rows and conversations, so that it wakes without reading all. */
export interface Checkpoint {
  readonly seq: number;
  /** Highest counter accepted from each of this user's devices, over all conversations. */
  readonly counters: Record<string, number>;
  /** Conversations whose other side lacked something then. */
  readonly owed: readonly string[];
  /** Superseded rows are deleted up to here. */
  readonly trimmed: number;
  /** Up to here some device had everything, and its marks were told or owed. */
  readonly delivered: number;
  /** Conversations with messages that expire. */
  readonly expiring?: Record<string, Due>;
}

export const NO_CHECKPOINT: Checkpoint = {
  seq: 0,
  counters: {},
  owed: [],
  trimmed: 0,
  delivered: 0,
};

/** What goes into a checkpoint and does not follow from rows. */
export interface CheckpointMarks {
  /** How far the other side of a conversation reaches. */
  readonly have: (conversation: string) => number;
  readonly owed: readonly string[];
  /** No device may resume below: marks and receipts from there are in the folded state, and go. */
  readonly floor: number;
  /** Newest seq that any device has acked. */
  readonly delivered: number;
}
