import type { Body } from "../../protocol/entries.ts";
import { applyChange, type Change } from "./changes.ts";
import { EXPIRED } from "./expiry.ts";
import type { Logged, LogRow } from "./row.ts";

/**
 * A log as one reader has it. There are two: what this user sees, and, in the home of a conversation
 * with somebody whom this user keeps out, what the log really holds.
 */
export interface Layer<Row extends Logged = LogRow> {
  find(number: number): Row | undefined;
  rewrite(row: Row, body: Body, changes: Row["changes"]): void;
}

/** The edits of a message, newest first: each points to the one before it. */
export function editsOf<Row extends Logged>(
  target: Row,
  find: (number: number) => Row | undefined,
): readonly Row[] {
  const edits: Row[] = [];
  let number = target.changes?.edited;
  while (number !== undefined) {
    const edit = find(number);
    if (edit === undefined) break;
    edits.push(edit);
    number = edit.changes?.edited;
  }
  return edits;
}

/**
 * What an edit, recall or reaction does to the row of its message, and a recall to its edits too.
 * Returns the rows that have lost their content.
 */
export function changeRows<Row extends Logged>(
  layer: Layer<Row>,
  entry: Row,
  change: Change,
): readonly Row[] {
  const target = layer.find(change.target);
  if (target === undefined) return [];
  const changed = applyChange(target, change, entry.number, entry.origin.user);
  if (changed === target) return [];
  const edits = change.kind === "recall" ? editsOf(target, (number) => layer.find(number)) : [];
  for (const edit of edits) layer.rewrite(edit, { kind: "withheld" }, null);
  if (change.kind === "edit") {
    // Each edit points to the one before it, so that a recall finds them all.
    const { edited } = target.changes ?? {};
    layer.rewrite(entry, change, edited === undefined ? null : { edited });
  }
  layer.rewrite(target, changed.body, changed.changes);
  return change.kind === "recall" ? [target, ...edits] : [];
}

/** A message whose time is over, with its edits. Returns the rows that have lost their content. */
export function expireRow<Row extends Logged>(layer: Layer<Row>, target: Row): readonly Row[] {
  const edits = editsOf(target, (number) => layer.find(number));
  for (const edit of edits) layer.rewrite(edit, { kind: "withheld" }, null);
  const { expiresAt } = target.changes ?? {};
  // When it was: whoever counts anew after a crash finds it again.
  layer.rewrite(target, EXPIRED, expiresAt === undefined ? null : { expiresAt });
  return [target, ...edits];
}
