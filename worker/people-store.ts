import type { TimelineRow } from "./core/row.ts";
import { json, numberOf, type Sql, textOf } from "./sql.ts";

export type Unveiled = Pick<TimelineRow, "body" | "changes">;

/** Has invited where an invitation is over: what the group says of it once more is hidden, too. */
export const NOBODY = "";

/** An invitation that this user does not see. */
export interface Shunned {
  readonly by: string;
  /** Of the membership that the group believes to be here. */
  readonly version: number;
}

/** Rows about whom a user keeps out, and about the end of the user's account. */
export class PeopleStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** What the log has at this row of the timeline, where this user sees something else. */
  veiled(seq: number): Unveiled | undefined {
    const [row] = this.#sql.all("SELECT truth FROM veiled WHERE seq = ?", seq);
    return row === undefined ? undefined : json<Unveiled>(row, "truth");
  }

  veil(seq: number, truth: Unveiled): void {
    const text = JSON.stringify(truth);
    this.#sql.all(
      "INSERT INTO veiled VALUES (?1, ?2) ON CONFLICT DO UPDATE SET truth = ?2",
      seq,
      text,
    );
  }

  unveil(seq: number): void {
    this.#sql.all("DELETE FROM veiled WHERE seq = ?", seq);
  }

  shunned(conversation: string): Shunned | undefined {
    const text = "SELECT inviter, version FROM shunned WHERE conversation = ?";
    const [row] = this.#sql.all(text, conversation);
    return row && { by: textOf(row, "inviter"), version: numberOf(row, "version") };
  }

  /** Groups to which this user is invited in vain. */
  allShunned(): { readonly conversation: string; readonly by: string }[] {
    const rows = this.#sql.all(
      "SELECT conversation, inviter FROM shunned WHERE inviter <> ?",
      NOBODY,
    );
    return rows.map((row) => ({
      conversation: textOf(row, "conversation"),
      by: textOf(row, "inviter"),
    }));
  }

  shun(conversation: string, { by, version }: Shunned): void {
    this.#sql.all(
      `INSERT INTO shunned VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET inviter = ?2, version = ?3`,
      conversation,
      by,
      version,
    );
  }

  unshun(conversation: string): void {
    this.#sql.all("DELETE FROM shunned WHERE conversation = ?", conversation);
  }

  /** Conversations whose other side has not heard yet that this account ends. */
  farewells(): string[] {
    const rows = this.#sql.all("SELECT conversation FROM farewells");
    return rows.map((row) => textOf(row, "conversation"));
  }

  addFarewell(conversation: string): void {
    this.#sql.all("INSERT OR IGNORE INTO farewells VALUES (?)", conversation);
  }

  deleteFarewell(conversation: string): void {
    this.#sql.all("DELETE FROM farewells WHERE conversation = ?", conversation);
  }
}
