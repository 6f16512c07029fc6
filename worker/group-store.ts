import type { Marks } from "../protocol/marks.ts";
import type { GroupState, Link, Member } from "./core/group/state.ts";
import type { Logged } from "./core/row.ts";
import { entryIn } from "./entry-columns.ts";
import { Facts } from "./facts.ts";
import { migrateGroup } from "./group-migrations.ts";
import { SearchStore } from "./search-store.ts";
import { json, numberOf, numberOrNull, type Sql, type SqlRow, textOf } from "./sql.ts";

/** How far one member's object is, as far as the group knows. */
export interface Cursor {
  readonly user: string;
  /** How far the member's copy reaches. */
  have: number;
  /** Version of the membership that stands in a row over there. */
  kept: number;
  delivered: number;
  read: number;
  except?: Marks["except"];
  /** Last counter accepted from each of the member's devices: the judge's memory. */
  last: Record<string, number>;
}

/**
 * All rows of a group's object, and every SQL statement about them. Synchronous and small: what it
 * means is decided elsewhere.
 */
export class GroupStore {
  readonly #sql: Sql;
  readonly #facts: Facts;
  readonly search: SearchStore;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#facts = new Facts(sql);
    this.search = new SearchStore(sql);
    migrateGroup(sql);
  }

  transact<T>(work: () => T): T {
    return this.#sql.transact(work);
  }

  setAlarm(at: number): void {
    this.#sql.setAlarm(at);
  }

  // --- log

  append(row: Logged): void {
    this.#sql.all(
      "INSERT INTO log VALUES (?,?,?,?,?,?,?,?,?)",
      row.number,
      row.origin.user,
      row.origin.device,
      row.origin.counter,
      row.at,
      row.priority,
      row.hash,
      JSON.stringify(row.body),
      row.changes === null ? null : JSON.stringify(row.changes),
    );
  }

  head(): number {
    const [row] = this.#sql.all("SELECT max(number) AS number FROM log");
    return row === undefined ? 0 : (numberOrNull(row, "number") ?? 0);
  }

  /** Entries from `from` on, oldest first. */
  rows(from: number, limit: number): Logged[] {
    const rows = this.#sql.all(
      "SELECT * FROM log WHERE number >= ? ORDER BY number LIMIT ?",
      from,
      limit,
    );
    return rows.map(logged);
  }

  /** The entry of this origin: a scan from the newest on, for ids that come again. */
  rowOfOrigin(user: string, device: string, counter: number): Logged | undefined {
    const [row] = this.#sql.all(
      `SELECT * FROM log WHERE counter = ? AND device = ? AND user = ?
       ORDER BY number DESC LIMIT 1`,
      counter,
      device,
      user,
    );
    return row === undefined ? undefined : logged(row);
  }

  /** Entries after `after` that change others or mention somebody, oldest first: a scan. */
  relatedAfter(after: number): Logged[] {
    const rows = this.#sql.all(
      `SELECT * FROM log
       WHERE number > ? AND (json_extract(body, '$.kind') IN ('edit', 'recall', 'reaction')
         OR json_extract(body, '$.mentions') IS NOT NULL
         OR json_extract(body, '$.everyone') IS NOT NULL)
       ORDER BY number`,
      after,
    );
    return rows.map(logged);
  }

  rewrite(number: number, body: Logged["body"], changes: Logged["changes"]): void {
    this.#sql.all(
      "UPDATE log SET body = ?, changes = ? WHERE number = ?",
      JSON.stringify(body),
      changes === null ? null : JSON.stringify(changes),
      number,
    );
  }

  // --- who is and was there

  members(): Member[] {
    return this.#sql.all("SELECT state FROM members").map((row) => json<Member>(row, "state"));
  }

  saveMember(member: Member): void {
    this.#sql.all(
      "INSERT INTO members VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = ?2",
      member.slot,
      JSON.stringify(member),
    );
  }

  // --- cursors: many members in a row

  shards(): { readonly shard: number; readonly cursors: Cursor[] }[] {
    return this.#sql.all("SELECT * FROM cursors").map((row) => ({
      shard: numberOf(row, "shard"),
      cursors: json<Cursor[]>(row, "state"),
    }));
  }

  saveShard(shard: number, cursors: readonly Cursor[]): void {
    this.#sql.all(
      "INSERT INTO cursors VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = ?2",
      shard,
      JSON.stringify(cursors),
    );
  }

  // --- in a large group: whose device is there

  live(): string[] {
    return this.#sql.all("SELECT user FROM live").map((row) => textOf(row, "user"));
  }

  addLive(user: string): void {
    this.#sql.all("INSERT OR IGNORE INTO live VALUES (?)", user);
  }

  deleteLive(user: string): void {
    this.#sql.all("DELETE FROM live WHERE user = ?", user);
  }

  // --- links

  links(): Link[] {
    return this.#sql.all("SELECT state FROM links").map((row) => json<Link>(row, "state"));
  }

  link(id: string): Link | undefined {
    const [row] = this.#sql.all("SELECT state FROM links WHERE link = ?", id);
    return row === undefined ? undefined : json<Link>(row, "state");
  }

  saveLink(link: Link): void {
    this.#sql.all("INSERT INTO links VALUES (?, ?)", link.link, JSON.stringify(link));
  }

  deleteLink(link: string): void {
    this.#sql.all("DELETE FROM links WHERE link = ?", link);
  }

  // --- the group itself, and single values

  group(): GroupState | undefined {
    const text = this.fact("group");
    return text === undefined ? undefined : (JSON.parse(text) as GroupState);
  }

  saveGroup(group: GroupState): void {
    this.setFact("group", JSON.stringify(group));
  }

  fact(name: string): string | undefined {
    return this.#facts.get(name);
  }

  setFact(name: string, value: string): void {
    this.#facts.set(name, value);
  }
}

function logged(row: SqlRow): Logged {
  return {
    number: numberOf(row, "number"),
    origin: {
      user: textOf(row, "user"),
      device: textOf(row, "device"),
      counter: numberOf(row, "counter"),
    },
    ...entryIn(row),
  };
}
