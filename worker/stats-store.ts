/** The rows of a StatsObject: one per minute with traffic, and one per hour. */
import { emptyBatch, mergeBatch, type StatsBatch, type StatsBucket } from "./core/stats.ts";
import { numberOf, type Sql, type SqlRow, textOf } from "./sql.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** Minutes are kept this long, hours for over a year. */
const MINUTES_KEPT_MS = 48 * HOUR_MS;
const HOURS_KEPT_MS = 400 * 24 * HOUR_MS;

export class StatsStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.all("CREATE TABLE IF NOT EXISTS minutes (start INTEGER PRIMARY KEY, batch TEXT NOT NULL)");
    // `total`: everything up to the end of that hour, so that reading it reads few rows.
    sql.all(`CREATE TABLE IF NOT EXISTS hours
      (start INTEGER PRIMARY KEY, batch TEXT NOT NULL, total TEXT NOT NULL)`);
  }

  minute(start: number): StatsBatch {
    const [row] = this.#minutes(start, start + MINUTE_MS);
    return row === undefined ? emptyBatch() : decode(row, "batch");
  }

  putMinute(start: number, batch: StatsBatch): void {
    this.#sql.all(
      "INSERT INTO minutes VALUES (?, ?) ON CONFLICT DO UPDATE SET batch = excluded.batch",
      start,
      JSON.stringify(batch),
    );
  }

  /** By minutes where all of the range still has them, else by hours. */
  read(from: number, to: number, now: number): StatsBucket[] {
    if (from >= now - MINUTES_KEPT_MS + HOUR_MS) return this.#minuteBuckets(from, to);
    const firstOpen = this.#hoursEnd();
    const hours = this.#sql
      .all("SELECT * FROM hours WHERE start >= ? AND start < ?", floorTo(from, HOUR_MS), to)
      .map((row) => bucketOf(row, HOUR_MS));
    return [...hours, ...this.#minuteBuckets(Math.max(from, firstOpen), to)];
  }

  total(): StatsBatch {
    const last = this.#lastHour();
    const sum = last === undefined ? emptyBatch() : decode(last, "total");
    for (const row of this.#minutes(this.#hoursEnd(), Number.MAX_SAFE_INTEGER)) {
      mergeBatch(sum, decode(row, "batch"));
    }
    return sum;
  }

  /** Writes the rows of hours that have ended, and drops what is too old. */
  rollUp(now: number): void {
    const ended = this.#minutes(this.#hoursEnd(), floorTo(now, HOUR_MS));
    const last = this.#lastHour();
    const total = last === undefined ? emptyBatch() : decode(last, "total");
    for (const [start, batch] of byHour(ended)) {
      mergeBatch(total, batch);
      const texts = [JSON.stringify(batch), JSON.stringify(total)];
      this.#sql.all("INSERT INTO hours VALUES (?, ?, ?)", start, ...texts);
    }
    this.#sql.all("DELETE FROM minutes WHERE start < ?", floorTo(now, HOUR_MS) - MINUTES_KEPT_MS);
    this.#sql.all("DELETE FROM hours WHERE start < ?", floorTo(now, HOUR_MS) - HOURS_KEPT_MS);
  }

  #minuteBuckets(from: number, to: number): StatsBucket[] {
    const rows = this.#minutes(floorTo(from, MINUTE_MS), to);
    return rows.map((row) => bucketOf(row, MINUTE_MS));
  }

  #minutes(from: number, to: number): SqlRow[] {
    const select = "SELECT * FROM minutes WHERE start >= ? AND start < ? ORDER BY start";
    return this.#sql.all(select, from, to);
  }

  #lastHour(): SqlRow | undefined {
    return this.#sql.all("SELECT * FROM hours ORDER BY start DESC LIMIT 1")[0];
  }

  /** Minutes from here on are in no hour yet. */
  #hoursEnd(): number {
    const last = this.#lastHour();
    return last === undefined ? 0 : numberOf(last, "start") + HOUR_MS;
  }
}

export function floorTo(time: number, step: number): number {
  return time - (time % step);
}

function byHour(rows: readonly SqlRow[]): Map<number, StatsBatch> {
  const hours = new Map<number, StatsBatch>();
  for (const row of rows) {
    const hour = floorTo(numberOf(row, "start"), HOUR_MS);
    const sum = hours.get(hour) ?? emptyBatch();
    mergeBatch(sum, decode(row, "batch"));
    hours.set(hour, sum);
  }
  return hours;
}

function bucketOf(row: SqlRow, spanMs: number): StatsBucket {
  return { start: numberOf(row, "start"), spanMs, batch: decode(row, "batch") };
}

/** Rows hold only what this class wrote, so their JSON is taken at its word. */
function decode(row: SqlRow, column: "batch" | "total"): StatsBatch {
  return JSON.parse(textOf(row, column)) as StatsBatch;
}
