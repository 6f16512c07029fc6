import type { Lookup, Profile, ProfileDraft } from "../protocol/profiles.ts";

/**
 * The directory: who users say they are, in D1. Its statements are all here. A user whose account is
 * deleted keeps a row that says so, for a profile that is written at that very moment must not
 * bring the user back.
 */
const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS profiles (
     user TEXT PRIMARY KEY, handle TEXT UNIQUE, name TEXT, picture TEXT,
     listed INTEGER NOT NULL, gone INTEGER NOT NULL, changed_at INTEGER NOT NULL) WITHOUT ROWID`,
];

const SHOWN = "user, handle, name, picture";
const FOUND_BY_PREFIX = 20;

/** Databases whose schema was seen to by this isolate. */
const prepared = new WeakMap<D1Database, Promise<unknown>>();

interface ProfileRow {
  readonly user: string;
  readonly handle: string | null;
  readonly name: string | null;
  readonly picture: string | null;
}

/** The user's own; `gone` when the account is deleted. */
export async function ownProfile(
  db: D1Database,
  user: string,
): Promise<(Profile & { readonly listed: boolean }) | "gone"> {
  await prepare(db);
  const row = await db
    .prepare(`SELECT ${SHOWN}, listed, gone FROM profiles WHERE user = ?`)
    .bind(user)
    .first<ProfileRow & { listed: number; gone: number }>();
  if (row === null) return { user, listed: false };
  return row.gone === 1 ? "gone" : { ...profileOf(row), listed: row.listed === 1 };
}

/** Of the user with this id; undefined: shows none. */
export async function pictureOf(db: D1Database, user: string): Promise<string | undefined> {
  await prepare(db);
  const statement = db.prepare("SELECT picture FROM profiles WHERE user = ? AND gone = 0");
  const row = await statement.bind(user).first<Pick<ProfileRow, "picture">>();
  return row?.picture ?? undefined;
}

export async function writeProfile(
  db: D1Database,
  user: string,
  draft: ProfileDraft,
  now: number,
): Promise<"written" | "taken" | "gone"> {
  await prepare(db);
  const { handle = null, name = null, picture = null, listed = false } = draft;
  const statement = db
    .prepare(
      `INSERT INTO profiles VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6) ON CONFLICT (user) DO UPDATE SET
         handle = ?2, name = ?3, picture = ?4, listed = ?5, changed_at = ?6 WHERE gone = 0`,
    )
    .bind(user, handle, name, picture, listed ? 1 : 0, now);
  try {
    const { meta } = await statement.run();
    return meta.changes === 0 ? "gone" : "written";
  } catch (error) {
    if (String(error).includes("UNIQUE constraint failed: profiles.handle")) return "taken";
    throw error;
  }
}

/** Nothing of the profile is left but that there was one. */
export async function forgetProfile(db: D1Database, user: string, now: number): Promise<void> {
  await prepare(db);
  await db
    .prepare(
      `INSERT INTO profiles VALUES (?1, NULL, NULL, NULL, 0, 1, ?2) ON CONFLICT (user) DO UPDATE SET
         handle = NULL, name = NULL, picture = NULL, listed = 0, gone = 1, changed_at = ?2`,
    )
    .bind(user, now)
    .run();
}

/** At most as many as were named, or 20 by the order of their handles. */
export async function lookUp(db: D1Database, wish: Lookup): Promise<Profile[]> {
  await prepare(db);
  const { results } = await queryOf(db, wish).all<ProfileRow>();
  return results.map(profileOf);
}

function queryOf(db: D1Database, wish: Lookup): D1PreparedStatement {
  if ("handle" in wish) {
    const text = `SELECT ${SHOWN} FROM profiles WHERE handle = ?`;
    return db.prepare(text).bind(wish.handle.toLowerCase());
  }
  if ("prefix" in wish) {
    const from = wish.prefix.toLowerCase();
    const text = `SELECT ${SHOWN} FROM profiles WHERE handle >= ? AND handle < ? AND listed = 1
                  ORDER BY handle LIMIT ${FOUND_BY_PREFIX}`;
    // Nothing that a handle may hold sorts behind this.
    return db.prepare(text).bind(from, `${from}\u{10ffff}`);
  }
  const places = wish.users.map(() => "?").join(",");
  const text = `SELECT ${SHOWN} FROM profiles WHERE gone = 0 AND user IN (${places})`;
  return db.prepare(text).bind(...wish.users);
}

function profileOf({ user, handle, name, picture }: ProfileRow): Profile {
  return {
    user,
    ...(handle === null ? {} : { handle }),
    ...(name === null ? {} : { name }),
    ...(picture === null ? {} : { picture }),
  };
}

/** Idempotent, and asked once by each isolate: a deploy needs no step of its own. */
function prepare(db: D1Database): Promise<unknown> {
  const known = prepared.get(db);
  if (known !== undefined) return known;
  const made = db.batch(SCHEMA.map((statement) => db.prepare(statement)));
  prepared.set(db, made);
  // One that failed is tried again by the next request.
  made.catch(() => prepared.delete(db));
  return made;
}
