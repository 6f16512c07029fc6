import type { Logged } from "./core/row.ts";
import { json, numberOf, type SqlRow, textOf } from "./sql.ts";

/** What a user's timeline and a group's log keep of an entry in the same columns. */
export function entryIn(
  row: SqlRow,
): Pick<Logged, "at" | "priority" | "hash" | "body" | "changes"> {
  return {
    at: numberOf(row, "at"),
    priority: textOf(row, "priority") as Logged["priority"],
    hash: numberOf(row, "hash"),
    body: json<Logged["body"]>(row, "body"),
    changes: row["changes"] === null ? null : json<Logged["changes"]>(row, "changes"),
  };
}
