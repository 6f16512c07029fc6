import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Sql, SqlRow, SqlValue } from "../../worker/sql.ts";

/**
 * The Sql port over `node:sqlite`: for the simulator and the contract suite. The alarm is part of
 * the transaction, as it is in an object's own storage.
 */
export class NodeSql implements Sql {
  readonly #database = new DatabaseSync(":memory:");
  readonly #prepared = new Map<string, StatementSync>();
  alarmAt: number | null = null;
  rowsWritten = 0;

  all(statement: string, ...bindings: readonly SqlValue[]): SqlRow[] {
    const prepared = this.#prepare(statement);
    if (statement.startsWith("SELECT")) return prepared.all(...bindings) as SqlRow[];
    const { changes } = prepared.run(...bindings);
    // A statement about the schema tells the changes of the one before it.
    if (!statement.startsWith("CREATE")) this.rowsWritten += Number(changes);
    return [];
  }

  transact<T>(work: () => T): T {
    const { alarmAt, rowsWritten } = this;
    this.#prepare("BEGIN").run();
    try {
      const value = work();
      this.beforeCommit();
      this.#prepare("COMMIT").run();
      return value;
    } catch (error) {
      this.#prepare("ROLLBACK").run();
      this.alarmAt = alarmAt;
      this.rowsWritten = rowsWritten;
      throw error;
    }
  }

  setAlarm(at: number): void {
    this.alarmAt = at;
    this.rowsWritten += 1;
  }

  /** Empties every table but the schema's version; handles and prepared statements stay. */
  reset(): void {
    const tables = this.all(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_version'",
    );
    for (const { name } of tables) this.#prepare(`DELETE FROM ${String(name)}`).run();
    this.alarmAt = null;
    this.rowsWritten = 0;
  }

  /** For those who want to fail here. */
  protected beforeCommit(): void {}

  #prepare(statement: string): StatementSync {
    const known = this.#prepared.get(statement);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(statement);
    this.#prepared.set(statement, prepared);
    return prepared;
  }
}
