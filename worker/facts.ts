import { type Sql, textOf } from "./sql.ts";

/** An object's single values, by name: the table `facts`. */
export class Facts {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  get(name: string): string | undefined {
    const [row] = this.#sql.all("SELECT value FROM facts WHERE name = ?", name);
    return row === undefined ? undefined : textOf(row, "value");
  }

  set(name: string, value: string): void {
    this.#sql.all(
      "INSERT INTO facts VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
      name,
      value,
    );
  }
}
