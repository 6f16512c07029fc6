import type { SqlRow, SqlValue } from "../../worker/sql.ts";
import { NodeSql } from "../support/node-sql.ts";

/** The process ended here: nothing after this line ran. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** The storage refused a statement, as it does when it is full. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
}

export interface Trouble {
  /** The process ends before the commit. */
  readonly crash: boolean;
  /** This many statements of the transaction work, then one throws. */
  readonly failAfter: number | undefined;
}

export const NO_TROUBLE: Trouble = { crash: false, failAfter: undefined };

/** An object's own database, which can be told to fail within the next transaction. */
export class SimSql extends NodeSql {
  #trouble = NO_TROUBLE;
  #left = 0;
  #inTransaction = false;

  prepareTrouble(trouble: Trouble): void {
    this.#trouble = trouble;
    this.#left = trouble.failAfter ?? 0;
  }

  override reset(): void {
    super.reset();
    this.checkpoints = 0;
    this.#wanted = null;
  }

  override all(statement: string, ...bindings: readonly SqlValue[]): SqlRow[] {
    if (this.#inTransaction && this.#trouble.failAfter !== undefined && isWrite(statement)) {
      if (this.#left === 0) {
        this.#trouble = NO_TROUBLE;
        throw new StatementRefused(statement);
      }
      this.#left -= 1;
    }
    if (/^INSERT INTO (timeline|log|members) /.test(statement)) this.#inserted = true;
    if (statement.startsWith("INSERT INTO conversations")) this.checkpoints += 1;
    return super.all(statement, ...bindings);
  }

  override transact<T>(work: () => T): T {
    this.#inTransaction = true;
    try {
      return super.transact(work);
    } catch (error) {
      this.#wanted = null;
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  #wanted: number | null = null;
  #inserted = false;
  /** Folded state was written, for the counters. */
  checkpoints = 0;

  override setAlarm(at: number): void {
    super.setAlarm(at);
    this.#wanted = at;
  }

  /** The alarm that was set since this was last asked; null: none was. */
  takeAlarm(): number | null {
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted;
  }

  /** Whether rows may have come to the timeline, or to a group's log or members, since this was last asked. */
  takeInserted(): boolean {
    const inserted = this.#inserted;
    this.#inserted = false;
    return inserted;
  }

  protected override beforeCommit(): void {
    if (this.#trouble.crash) throw new Crash("before the commit");
  }
}

function isWrite(statement: string): boolean {
  return /^(INSERT|UPDATE|DELETE)/.test(statement);
}
