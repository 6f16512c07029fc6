import { type Part, piecesOf } from "./core/search/postings.ts";
import { numberOf, type Sql, textOf } from "./sql.ts";

/** The index of the rows `first … last`, in so many parts as its level has. */
export interface Segment {
  readonly first: number;
  readonly last: number;
  readonly level: number;
}

export const SEARCH_TABLE = `CREATE TABLE IF NOT EXISTS search (
       first INTEGER NOT NULL, part INTEGER NOT NULL, piece INTEGER NOT NULL,
       last INTEGER NOT NULL, level INTEGER NOT NULL, version INTEGER NOT NULL,
       postings TEXT NOT NULL, PRIMARY KEY (first, part, piece)) WITHOUT ROWID`;

/** Well below the 2 MB of a row, at three bytes a character. */
const PIECE_CHARACTERS = 400_000;

/** The rows of the search index: a part of a segment each, or a piece of a part that is too long. */
export class SearchStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Oldest first. Each has a part 0. */
  segments(version: number): Segment[] {
    const rows = this.#sql.all(
      `SELECT first, last, level FROM search
       WHERE part = 0 AND piece = 0 AND version = ? ORDER BY first`,
      version,
    );
    return rows.map((row) => ({
      first: numberOf(row, "first"),
      last: numberOf(row, "last"),
      level: numberOf(row, "level"),
    }));
  }

  part(first: number, part: number): Part {
    const rows = this.#sql.all(
      "SELECT postings FROM search WHERE first = ? AND part = ? ORDER BY piece",
      first,
      part,
    );
    return rows.map((row) => textOf(row, "postings")).join("");
  }

  putPart({ first, last, level }: Segment, part: number, postings: Part, version: number): void {
    const pieces = piecesOf(postings, PIECE_CHARACTERS);
    for (const [piece, text] of pieces.entries()) {
      this.#sql.all(
        `INSERT INTO search VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET last = ?4, level = ?5, version = ?6, postings = ?7`,
        first,
        part,
        piece,
        last,
        level,
        version,
        text,
      );
    }
    this.#sql.all(
      "DELETE FROM search WHERE first = ? AND part = ? AND piece >= ?",
      first,
      part,
      pieces.length,
    );
  }

  deletePart(first: number, part: number): void {
    this.#sql.all("DELETE FROM search WHERE first = ? AND part = ?", first, part);
  }

  /** What another version of the index has left. */
  deleteOthers(version: number): void {
    this.#sql.all("DELETE FROM search WHERE version <> ?", version);
  }
}
