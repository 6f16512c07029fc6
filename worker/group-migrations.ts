import { SEARCH_TABLE } from "./search-store.ts";
import { numberOf, type Sql } from "./sql.ts";

/** The schema of a group's object; what migrations.ts says about rows and steps holds here too. */
const STEPS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE IF NOT EXISTS log (
       number INTEGER PRIMARY KEY, user TEXT NOT NULL, device TEXT NOT NULL,
       counter INTEGER NOT NULL, at INTEGER NOT NULL, priority TEXT NOT NULL,
       hash INTEGER NOT NULL, body TEXT NOT NULL, changes TEXT)`,
    "CREATE TABLE IF NOT EXISTS members (slot INTEGER PRIMARY KEY, state TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS cursors (shard INTEGER PRIMARY KEY, state TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS links (link TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
  ],
  // In a large group: whose device is there.
  ["CREATE TABLE IF NOT EXISTS live (user TEXT PRIMARY KEY) WITHOUT ROWID"],
  // The index of the log, as users' objects have one of the timeline.
  [SEARCH_TABLE],
];

/** Idempotent; costs no row when nothing is to be done. */
export function migrateGroup(sql: Sql): void {
  sql.all("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
  const [row] = sql.all("SELECT max(version) AS version FROM schema_version");
  const version = row === undefined || row["version"] === null ? 0 : numberOf(row, "version");
  if (version >= STEPS.length) return;
  sql.transact(() => {
    for (const statement of STEPS.slice(version).flat()) sql.all(statement);
    sql.all("INSERT INTO schema_version (version) VALUES (?)", STEPS.length);
  });
}
