import { numberOf, type Sql, type SqlRow, textOf } from "./sql.ts";

/**
 * open: parts are missing · stored: all bytes are here, no message is known to name them · kept: a
 * message does · dead: being erased.
 */
export type FileStatus = "open" | "stored" | "kept" | "dead";

/** One file that this user has uploaded, or is uploading. */
export interface FileRow {
  readonly file: string;
  readonly bytes: number;
  readonly hash: string;
  /** Empty while it is open. */
  readonly type: string;
  readonly status: FileStatus;
  /** Not erased before this has been long ago, ms. */
  readonly at: number;
  /** A message that names it has a seq beyond this one. */
  readonly since: number;
}

/** The rows about a user's files, and every SQL statement about them. */
export class FileStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  get(file: string): FileRow | undefined {
    const [row] = this.#sql.all("SELECT * FROM files WHERE file = ?", file);
    return row === undefined ? undefined : fileRow(row);
  }

  save(row: FileRow): void {
    const { file, bytes, hash, type, status, at, since } = row;
    this.#sql.all(
      `INSERT INTO files VALUES (?1,?2,?3,?4,?5,?6,?7)
       ON CONFLICT DO UPDATE SET type = ?4, status = ?5, at = ?6, since = ?7`,
      file,
      bytes,
      hash,
      type,
      status,
      at,
      since,
    );
  }

  delete(file: string): void {
    this.#sql.all("DELETE FROM files WHERE file = ?", file);
  }

  /** Bytes that are taken or promised, files, and how many of those are open. */
  usage(): { readonly bytes: number; readonly files: number; readonly open: number } {
    const [row] = this.#sql.all(
      `SELECT coalesce(sum(bytes), 0) AS bytes, count(*) AS files,
         coalesce(sum(status = 'open'), 0) AS open FROM files`,
    );
    if (row === undefined) throw new Error("a sum over no rows is a row");
    return {
      bytes: numberOf(row, "bytes"),
      files: numberOf(row, "files"),
      open: numberOf(row, "open"),
    };
  }

  /** What no message is known to name, oldest first. */
  unused(limit: number): FileRow[] {
    const rows = this.#sql.all(
      "SELECT * FROM files WHERE status <> 'kept' ORDER BY at LIMIT ?",
      limit,
    );
    return rows.map(fileRow);
  }

  /** Bodies of this user's own file messages beyond `since`: a scan. */
  fileMessages(user: string, since: number): string[] {
    const rows = this.#sql.all(
      `SELECT body FROM timeline
       WHERE seq > ? AND user = ? AND number IS NOT NULL AND body LIKE '{"kind":"file"%'`,
      since,
      user,
    );
    return rows.map((row) => textOf(row, "body"));
  }
}

function fileRow(row: SqlRow): FileRow {
  return {
    file: textOf(row, "file"),
    bytes: numberOf(row, "bytes"),
    hash: textOf(row, "hash"),
    type: textOf(row, "type"),
    status: textOf(row, "status") as FileStatus,
    at: numberOf(row, "at"),
    since: numberOf(row, "since"),
  };
}
