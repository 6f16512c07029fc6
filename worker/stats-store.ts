/** The rows of a StatsObject: one per minute with traffic, and one per hour. */
import { emptyBatch, mergeBatch, type StatsBatch, type StatsBucket } from "./core/stats.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** Minutes are kept this long, hours for over a year. */
const MINUTES_KEPT_MS = 48 * HOUR_MS;
const HOURS_KEPT_MS = 400 * 24 * HOUR_MS;

interface MinuteRow extends Record<string, SqlStorageValue> {
  start: number;
  batch: string;
}

interface HourRow extends MinuteRow {
  total: string;
}

export class StatsStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS minutes (start INTEGER PRIMARY KEY, batch TEXT NOT NULL)");
    // `total`: everything up to the end of that hour, so that reading it reads few rows.
    sql.exec(`CREATE TABLE IF NOT EXISTS hours
      (start INTEGER PRIMARY KEY, batch TEXT NOT NULL, total TEXT NOT NULL)`);
  }

  minute(start: number): StatsBatch {
    const [row] = this.#minutes(start, start + MINUTE_MS);
    return row === undefined ? emptyBatch() : decode(row.batch);
  }

  putMinute(start: number, batch: StatsBatch): void {
    this.#sql.exec(
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
      .exec<HourRow>(
        "SELECT * FROM hours WHERE start >= ? AND start < ?",
        floorTo(from, HOUR_MS),
        to,
      )
      .toArray()
      .map(({ start, batch }) => ({ start, spanMs: HOUR_MS, batch: decode(batch) }));
    return [...hours, ...this.#minuteBuckets(Math.max(from, firstOpen), to)];
  }

  total(): StatsBatch {
    const last = this.#lastHour();
    const sum = last === undefined ? emptyBatch() : decode(last.total);
    for (const row of this.#minutes(this.#hoursEnd(), Number.MAX_SAFE_INTEGER)) {
      mergeBatch(sum, decode(row.batch));
    }
    return sum;
  }

  /** Writes the rows of hours that have ended, and drops what is too old. */
  rollUp(now: number): void {
    const ended = this.#minutes(this.#hoursEnd(), floorTo(now, HOUR_MS));
    const last = this.#lastHour();
    const total = last === undefined ? emptyBatch() : decode(last.total);
    for (const [start, batch] of byHour(ended)) {
      mergeBatch(total, batch);
      const texts = [JSON.stringify(batch), JSON.stringify(total)];
      this.#sql.exec("INSERT INTO hours VALUES (?, ?, ?)", start, ...texts);
    }
    this.#sql.exec("DELETE FROM minutes WHERE start < ?", floorTo(now, HOUR_MS) - MINUTES_KEPT_MS);
    this.#sql.exec("DELETE FROM hours WHERE start < ?", floorTo(now, HOUR_MS) - HOURS_KEPT_MS);
  }

  #minuteBuckets(from: number, to: number): StatsBucket[] {
    const rows = this.#minutes(floorTo(from, MINUTE_MS), to);
    return rows.map(({ start, batch }) => ({ start, spanMs: MINUTE_MS, batch: decode(batch) }));
  }

  #minutes(from: number, to: number): MinuteRow[] {
    const select = "SELECT * FROM minutes WHERE start >= ? AND start < ? ORDER BY start";
    return this.#sql.exec<MinuteRow>(select, from, to).toArray();
  }

  #lastHour(): HourRow | undefined {
    return this.#sql.exec<HourRow>("SELECT * FROM hours ORDER BY start DESC LIMIT 1").toArray()[0];
  }

  /** Minutes from here on are in no hour yet. */
  #hoursEnd(): number {
    const last = this.#lastHour();
    return last === undefined ? 0 : last.start + HOUR_MS;
  }
}

export function floorTo(time: number, step: number): number {
  return time - (time % step);
}

function byHour(rows: readonly MinuteRow[]): Map<number, StatsBatch> {
  const hours = new Map<number, StatsBatch>();
  for (const { start, batch } of rows) {
    const hour = floorTo(start, HOUR_MS);
    const sum = hours.get(hour) ?? emptyBatch();
    mergeBatch(sum, decode(batch));
    hours.set(hour, sum);
  }
  return hours;
}

function decode(text: string): StatsBatch {
  return JSON.parse(text) as StatsBatch;
}
