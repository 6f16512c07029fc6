import { SEARCH_TABLE } from "./search-store.ts";
import { numberOf, type Sql } from "./sql.ts";

/**
 * The schema of a user's object. Each step runs once and must leave the version before it able to
 * run: during a deploy both may touch the same object.
 *
 * Rows written are most of the bill, so: no AUTOINCREMENT (2 rows an insert), no index that a
 * primary key can replace, no TEXT key on a rowid table (2 rows) but WITHOUT ROWID (1 row).
 */
const STEPS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE IF NOT EXISTS timeline (
       seq INTEGER PRIMARY KEY, conversation TEXT NOT NULL, number INTEGER,
       user TEXT, device TEXT, counter INTEGER,
       at INTEGER NOT NULL, kept_at INTEGER NOT NULL, priority TEXT NOT NULL, hash INTEGER NOT NULL,
       body TEXT NOT NULL, changes TEXT,
       previous INTEGER NOT NULL, jump INTEGER NOT NULL,
       countable INTEGER NOT NULL, own INTEGER NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS conversations (
       conversation TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID`,
    `CREATE TABLE IF NOT EXISTS devices (
       device TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID`,
    // Accepted messages that their home could not be told yet.
    `CREATE TABLE IF NOT EXISTS pending (
       position INTEGER PRIMARY KEY, conversation TEXT NOT NULL, append TEXT NOT NULL,
       since INTEGER NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS ledger (
       position INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
       segments TEXT NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS facts (
       name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
  ],
  [
    // What the log has where this user, who is its home, sees something else.
    "CREATE TABLE IF NOT EXISTS veiled (seq INTEGER PRIMARY KEY, truth TEXT NOT NULL)",
    // To whom it is still to be said that this account is deleted.
    "CREATE TABLE IF NOT EXISTS farewells (conversation TEXT PRIMARY KEY) WITHOUT ROWID",
  ],
  [
    // The index of the rows first … last of the timeline: a part, or a piece of one, to a row.
    SEARCH_TABLE,
  ],
  [
    `CREATE TABLE IF NOT EXISTS files (
       file TEXT PRIMARY KEY, bytes INTEGER NOT NULL, hash TEXT NOT NULL, type TEXT NOT NULL,
       status TEXT NOT NULL, at INTEGER NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID`,
  ],
  [
    // Groups that somebody whom this user keeps out has brought them to.
    `CREATE TABLE IF NOT EXISTS shunned (
       conversation TEXT PRIMARY KEY, inviter TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID`,
  ],
];

/** Idempotent; costs no row when nothing is to be done. */
export function migrate(sql: Sql): void {
  sql.all("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
  const [row] = sql.all("SELECT max(version) AS version FROM schema_version");
  const version = row === undefined || row["version"] === null ? 0 : numberOf(row, "version");
  if (version >= STEPS.length) return;
  sql.transact(() => {
    for (const statement of STEPS.slice(version).flat()) sql.all(statement);
    sql.all("INSERT INTO schema_version (version) VALUES (?)", STEPS.length);
  });
}
