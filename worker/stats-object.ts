/**
 * One shard of the statistics. Batches are merged in memory and written as one row per minute: at
 * once when the last write is some seconds ago, else by the alarm shortly after, before an idle
 * object leaves memory. So a quiet system loses nothing, and a busy one writes seldom.
 */
import { DurableObject } from "cloudflare:workers";
import { seriesOf } from "../protocol/metrics.ts";
import { writeAnalytics } from "./analytics.ts";
import {
  count,
  emptyBatch,
  mergeBatch,
  type StatsBatch,
  type StatsBucket,
  type StatsRange,
} from "./core/stats.ts";
import type { HoldfastEnv, StatsStub } from "./env.ts";
import { Meter, type Reading } from "./meter.ts";
import { ObjectSql } from "./object-sql.ts";
import { floorTo, HOUR_MS, MINUTE_MS, StatsStore } from "./stats-store.ts";

/** Enough of a version's id to tell it from the others. */
const VERSION_LENGTH = 8;

/** Below the 10 s after which an idle object leaves memory. */
const HOLD_MS = 8_000;

export class StatsObject extends DurableObject<HoldfastEnv> implements StatsStub {
  readonly #sql: ObjectSql;
  readonly #store: StatsStore;
  readonly #meter: Meter;
  /** All of the current minute, as its row has it or will have it. */
  #minute = { start: 0, batch: emptyBatch() };
  /** What came since the last write, for the export. */
  #unwritten = emptyBatch();
  #isDirty = false;
  #isArmed = false;
  #writtenAt = 0;
  #rolledUpTo = 0;

  constructor(ctx: DurableObjectState, env: HoldfastEnv) {
    super(ctx, env);
    this.#sql = new ObjectSql(ctx.storage);
    this.#store = new StatsStore(this.#sql);
    this.#meter = new Meter(`stats:${ctx.id.name ?? ""}`, Date.now());
  }

  async add(batch: StatsBatch): Promise<void> {
    this.#meter.visit("requests", () => this.#add(batch, Date.now()));
  }

  async read({ from, to }: StatsRange): Promise<StatsBucket[]> {
    return this.#meter.visit("requests", () => {
      this.#write(Date.now());
      return this.#store.read(from, to, Date.now());
    });
  }

  async total(): Promise<StatsBatch> {
    return this.#meter.visit("requests", () => {
      this.#write(Date.now());
      return this.#store.total();
    });
  }

  /** What this shard has cost since it was woken; being asked is not counted. */
  async meter(): Promise<Reading> {
    return this.#meter.read(this.#sql.rows);
  }

  override async alarm(): Promise<void> {
    this.#isArmed = false;
    this.#meter.visit("alarms", () => this.#write(Date.now()));
  }

  #add(batch: StatsBatch, now: number): void {
    this.#turnTo(now);
    mergeBatch(this.#minute.batch, batch);
    mergeBatch(this.#unwritten, batch);
    this.#isDirty = true;
    if (Math.abs(now - this.#writtenAt) >= HOLD_MS) return this.#write(now);
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#sql.setAlarm(now + HOLD_MS);
  }

  /** A clock that went back stays in the minute that it had reached: its hour may be closed. */
  #turnTo(now: number): void {
    const start = floorTo(now, MINUTE_MS);
    if (start <= this.#minute.start) return;
    this.#write(now);
    const batch = this.#store.minute(start);
    this.#minute = { start, batch };
    // One per minute and shard: that is enough to see when a deploy came.
    const version = (this.env.VERSION?.id ?? "").slice(0, VERSION_LENGTH);
    if (version !== "" && !Object.hasOwn(batch.counters, seriesOf("versions", [version]))) {
      count(batch, "versions", [version]);
    }
  }

  #write(now: number): void {
    if (!this.#isDirty) return;
    this.#sql.transact(() => {
      this.#rollUp();
      this.#store.putMinute(this.#minute.start, this.#minute.batch);
    });
    writeAnalytics(this.env.ANALYTICS, this.#unwritten);
    this.#unwritten = emptyBatch();
    this.#isDirty = false;
    this.#writtenAt = now;
  }

  #rollUp(): void {
    const hour = floorTo(this.#minute.start, HOUR_MS);
    if (hour <= this.#rolledUpTo) return;
    this.#store.rollUp(hour);
    this.#rolledUpTo = hour;
  }
}
