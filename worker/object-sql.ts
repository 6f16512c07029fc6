import type { Sql, SqlRow, SqlValue } from "./sql.ts";

/** The object's own SQLite, with its alarm. */
export class ObjectSql implements Sql {
  readonly #storage: DurableObjectStorage;
  /** The alarm that is set; null when none is, and while it runs. */
  alarmAt: number | null = null;
  #rowsWritten = 0;
  #rowsRead = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  all(statement: string, ...bindings: readonly SqlValue[]): SqlRow[] {
    const cursor = this.#storage.sql.exec<SqlRow>(statement, ...bindings);
    // Read at once: a cursor has no stable view across awaits.
    const rows = cursor.toArray();
    this.#rowsWritten += cursor.rowsWritten;
    this.#rowsRead += cursor.rowsRead;
    return rows;
  }

  /**
   * Deletes every row, the alarm and the schema, at once and outside of any transaction: a crash
   * right after it leaves an object like new.
   */
  erase(): void {
    void this.#storage.deleteAll();
    this.alarmAt = null;
  }

  transact<T>(work: () => T): T {
    const { alarmAt } = this;
    try {
      return this.#storage.transactionSync(work);
    } catch (error) {
      this.alarmAt = alarmAt;
      throw error;
    }
  }

  setAlarm(at: number): void {
    // Part of the transaction although it returns a promise: it is rolled back with the rest.
    void this.#storage.setAlarm(at);
    this.alarmAt = at;
    this.#rowsWritten += 1;
  }

  /** What this object will be billed for, since it was woken. */
  get rows(): { readonly written: number; readonly read: number } {
    return { written: this.#rowsWritten, read: this.#rowsRead };
  }
}
