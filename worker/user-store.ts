import type { Append } from "../protocol/hand-offs.ts";
import type { ConversationState } from "./core/conversation.ts";
import type { DeviceRow } from "./core/device.ts";
import type { Segment } from "./core/ledger.ts";
import type { TimelineRow } from "./core/row.ts";
import { entryIn } from "./entry-columns.ts";
import { Facts } from "./facts.ts";
import { FileStore } from "./file-store.ts";
import { migrate } from "./migrations.ts";
import { PeopleStore } from "./people-store.ts";
import { SearchStore } from "./search-store.ts";
import { json, numberOf, numberOrNull, type Sql, type SqlRow, textOf } from "./sql.ts";

/** An accepted message on its way to a home that could not be reached. */
export interface PendingAppend {
  readonly position: number;
  readonly conversation: string;
  readonly append: Append;
  readonly since: number;
}

/**
 * All rows of a user's object, and every SQL statement about them. Synchronous and small: what it
 * means is decided elsewhere.
 */
export class UserStore {
  readonly people: PeopleStore;
  readonly search: SearchStore;
  readonly files: FileStore;
  readonly #sql: Sql;
  readonly #facts: Facts;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#facts = new Facts(sql);
    migrate(sql);
    this.people = new PeopleStore(sql);
    this.search = new SearchStore(sql);
    this.files = new FileStore(sql);
  }

  transact<T>(work: () => T): T {
    return this.#sql.transact(work);
  }

  setAlarm(at: number): void {
    this.#sql.setAlarm(at);
  }

  // --- timeline

  append(row: TimelineRow): void {
    this.#sql.all(
      "INSERT INTO timeline VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      row.seq,
      row.conversation,
      row.number,
      row.origin?.user ?? null,
      row.origin?.device ?? null,
      row.origin?.counter ?? null,
      row.at,
      row.keptAt,
      row.priority,
      row.hash,
      JSON.stringify(row.body),
      row.changes === null ? null : JSON.stringify(row.changes),
      row.previous,
      row.jump,
      row.countable,
      row.own,
    );
  }

  head(): number {
    const [row] = this.#sql.all("SELECT max(seq) AS seq FROM timeline");
    return row === undefined ? 0 : (numberOrNull(row, "seq") ?? 0);
  }

  row(seq: number): TimelineRow | undefined {
    const [row] = this.#sql.all("SELECT * FROM timeline WHERE seq = ?", seq);
    return row === undefined ? undefined : timelineRow(row);
  }

  /** Rows from `from` on, oldest first. */
  rows(from: number, limit: number): TimelineRow[] {
    const rows = this.#sql.all(
      "SELECT * FROM timeline WHERE seq >= ? ORDER BY seq LIMIT ?",
      from,
      limit,
    );
    return rows.map(timelineRow);
  }

  /** By conversation: number of the newest entry that `me` sees and has not written. */
  newestForeign(from: number, to: number, me: string): Map<string, number> {
    const rows = this.#sql.all(
      `SELECT conversation, max(number) AS number FROM timeline
       WHERE seq BETWEEN ? AND ? AND number IS NOT NULL AND user <> ?
         AND body <> '{"kind":"withheld"}' GROUP BY conversation`,
      from,
      to,
      me,
    );
    return new Map(rows.map((row) => [textOf(row, "conversation"), numberOf(row, "number")]));
  }

  /** The row at or after `seq`: where a deleted range ends. */
  rowFrom(seq: number): TimelineRow | undefined {
    return this.rows(seq, 1)[0];
  }

  /**
   * The row of this origin, wherever it stands: a scan, for ids met out of their order only. One
   * that failed may have been accepted later.
   */
  rowOfOrigin(user: string, device: string, counter: number): TimelineRow | undefined {
    const [row] = this.#sql.all(
      `SELECT * FROM timeline WHERE counter = ? AND device = ? AND user = ?
       ORDER BY number IS NULL LIMIT 1`,
      counter,
      device,
      user,
    );
    return row === undefined ? undefined : timelineRow(row);
  }

  /** Entries of conversations' logs by their own time, newest first: a scan, for operators. */
  logRowsBetween(from: number, to: number, limit: number): TimelineRow[] {
    const rows = this.#sql.all(
      `SELECT * FROM timeline WHERE number IS NOT NULL AND at >= ? AND at < ?
       ORDER BY seq DESC LIMIT ?`,
      from,
      to,
      limit,
    );
    return rows.map(timelineRow);
  }

  /** Messages that were given up, newest first: a scan, for operators. */
  failedRows(limit: number): TimelineRow[] {
    const rows = this.#sql.all(
      `SELECT * FROM timeline WHERE number IS NULL AND user IS NOT NULL
       ORDER BY seq DESC LIMIT ?`,
      limit,
    );
    return rows.map(timelineRow);
  }

  /** The row that says that this message was given up. */
  failureOf(user: string, device: string, counter: number): TimelineRow | undefined {
    const [row] = this.#sql.all(
      `SELECT * FROM timeline WHERE counter = ? AND device = ? AND user = ? AND number IS NULL
       ORDER BY seq DESC LIMIT 1`,
      counter,
      device,
      user,
    );
    return row === undefined ? undefined : timelineRow(row);
  }

  rewrite(seq: number, body: TimelineRow["body"], changes: TimelineRow["changes"]): void {
    this.#sql.all(
      "UPDATE timeline SET body = ?, changes = ? WHERE seq = ?",
      JSON.stringify(body),
      changes === null ? null : JSON.stringify(changes),
      seq,
    );
  }

  /** Deletes marks and receipts, which nobody sent as a message, in a range, ends included. */
  trim(from: number, to: number): void {
    this.#sql.all("DELETE FROM timeline WHERE seq BETWEEN ? AND ? AND user IS NULL", from, to);
  }

  // --- conversations: state as of the last checkpoint

  conversation(id: string): ConversationState | undefined {
    const [row] = this.#sql.all("SELECT state FROM conversations WHERE conversation = ?", id);
    return row === undefined ? undefined : json<ConversationState>(row, "state");
  }

  conversations(): ConversationState[] {
    const rows = this.#sql.all("SELECT state FROM conversations");
    return rows.map((row) => json<ConversationState>(row, "state"));
  }

  saveConversation(state: ConversationState): void {
    this.#sql.all(
      "INSERT INTO conversations VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = ?2",
      state.conversation,
      JSON.stringify(state),
    );
  }

  // --- devices

  device(device: string): DeviceRow | undefined {
    const [row] = this.#sql.all("SELECT state FROM devices WHERE device = ?", device);
    return row === undefined ? undefined : json<DeviceRow>(row, "state");
  }

  devices(): DeviceRow[] {
    const rows = this.#sql.all("SELECT state FROM devices");
    return rows.map((row) => json<DeviceRow>(row, "state"));
  }

  saveDevice(state: DeviceRow): void {
    this.#sql.all(
      "INSERT INTO devices VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = ?2",
      state.device,
      JSON.stringify(state),
    );
  }

  deleteDevice(device: string): void {
    this.#sql.all("DELETE FROM devices WHERE device = ?", device);
  }

  // --- accepted, but not numbered yet

  pending(): PendingAppend[] {
    const rows = this.#sql.all("SELECT * FROM pending ORDER BY position");
    return rows.map((row) => ({
      position: numberOf(row, "position"),
      conversation: textOf(row, "conversation"),
      append: json<Append>(row, "append"),
      since: numberOf(row, "since"),
    }));
  }

  addPending(pending: PendingAppend): void {
    this.#sql.all(
      "INSERT INTO pending VALUES (?,?,?,?)",
      pending.position,
      pending.conversation,
      JSON.stringify(pending.append),
      pending.since,
    );
  }

  deletePending(position: number): void {
    this.#sql.all("DELETE FROM pending WHERE position = ?", position);
  }

  // --- ledger

  addSegments(segments: readonly Segment[]): void {
    const first = Math.min(...segments.map((segment) => segment.from));
    const last = Math.max(...segments.map((segment) => segment.to));
    this.#sql.all(
      "INSERT INTO ledger (first_seq, last_seq, segments) VALUES (?,?,?)",
      first,
      last,
      JSON.stringify(segments),
    );
  }

  segmentsOf(seq: number): Segment[] {
    const rows = this.#sql.all(
      "SELECT segments FROM ledger WHERE first_seq <= ?1 AND last_seq >= ?1 ORDER BY position",
      seq,
    );
    return rows.flatMap((row) => json<Segment[]>(row, "segments"));
  }

  // --- facts: a handful of single values

  fact(name: string): string | undefined {
    return this.#facts.get(name);
  }

  setFact(name: string, value: string): void {
    this.#facts.set(name, value);
  }
}

function timelineRow(row: SqlRow): TimelineRow {
  const user = row["user"];
  return {
    seq: numberOf(row, "seq"),
    conversation: textOf(row, "conversation"),
    number: numberOrNull(row, "number"),
    origin:
      typeof user === "string"
        ? { user, device: textOf(row, "device"), counter: numberOf(row, "counter") }
        : null,
    ...entryIn(row),
    keptAt: numberOf(row, "kept_at"),
    previous: numberOf(row, "previous"),
    jump: numberOf(row, "jump"),
    countable: numberOf(row, "countable"),
    own: numberOf(row, "own"),
  };
}
