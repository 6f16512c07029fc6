/**
 * The narrow way to SQLite. Two adapters exist: the object's own storage, and `node:sqlite` for the
 * simulator and the contract suite, so that the SQL that is tested is the SQL that ships.
 */
export type SqlValue = string | number | null;
export type SqlRow = Record<string, SqlValue>;

export interface Sql {
  /** Runs one statement, at most 100 bindings, and returns all of its rows. */
  all(statement: string, ...bindings: readonly SqlValue[]): SqlRow[];
  /** Runs `work` so that it happens wholly or, when it throws, not at all: rows and alarm alike. */
  transact<T>(work: () => T): T;
  /** Sets the object's one alarm as part of the transaction; a later call replaces an earlier. */
  setAlarm(at: number): void;
}

/** Columns come back untyped; these say what a statement is known to return, and fail loudly. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new Error(`column ${column} is not text`);
  return value;
}

export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new Error(`column ${column} is not a number`);
  return value;
}

export function numberOrNull(row: SqlRow, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column);
}

/** Rows hold only what their store wrote, so their JSON is taken at its word. */
export function json<T>(row: SqlRow, column: string): T {
  return JSON.parse(textOf(row, column)) as T;
}
