import type { Body } from "../../protocol/entries.ts";
import { applyChange, type Change } from "./changes.ts";
import type { LogRow } from "./row.ts";

/**
 * A log as one reader has it. There are two: what this user sees, and, in the home of a conversation
 * with somebody whom this user keeps out, what the log really holds.
 */
export interface Layer {
  find(number: number): LogRow | undefined;
  rewrite(row: LogRow, body: Body, changes: LogRow["changes"]): void;
}

/** The edits of a message, newest first: each points to the one before it. */
export function editsOf(
  target: LogRow,
  find: (number: number) => LogRow | undefined,
): readonly LogRow[] {
  const edits: LogRow[] = [];
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
export function changeRows(layer: Layer, entry: LogRow, change: Change): readonly LogRow[] {
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
