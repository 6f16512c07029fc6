import { DurableObject } from "cloudflare:workers";
import type { Address, HandOff, HandOffReply } from "../protocol/hand-offs.ts";
import type { Hint, HintReply } from "../protocol/presence.ts";
import type { HoldfastEnv } from "./env.ts";
import { type GroupEffect, GroupEngine, type GroupEvent, type GroupOutcome } from "./group.ts";
import type { GroupAnswer, GroupRequest } from "./group-requests.ts";
import { GroupStore } from "./group-store.ts";
import { logFailure } from "./log.ts";
import { Meter, type Reading } from "./meter.ts";
import { ObjectSql } from "./object-sql.ts";
import { callPeer, hintPeer } from "./peers.ts";
import { currentSettings, knownSettings } from "./policy.ts";
import { UsageReport } from "./usage-report.ts";
import type { Moment } from "./user.ts";

const ALARM_AFTER_FAILURE_MS = 10_000;

/**
 * One group's object: a thin shell that turns what the runtime says into events of the engine, and
 * performs what the engine decides after the commit. No decision is made here.
 */
export class GroupObject extends DurableObject<HoldfastEnv> {
  readonly #sql: ObjectSql;
  readonly #engine: GroupEngine;
  readonly #meter: Meter;
  readonly #report: UsageReport;

  constructor(ctx: DurableObjectState, env: HoldfastEnv) {
    super(ctx, env);
    this.#sql = new ObjectSql(ctx.storage);
    const store = new GroupStore(this.#sql);
    const group = ctx.id.name ?? store.fact("id");
    if (group === undefined) throw new Error("a group's object is reached by the group's id");
    this.#meter = new Meter(`group:${group}`, Date.now());
    this.#report = new UsageReport(env, group);
    this.#engine = new GroupEngine(store, { alarmAt: () => this.#sql.alarmAt }, group);
    void ctx.blockConcurrencyWhile(async () => {
      this.#sql.alarmAt = await ctx.storage.getAlarm();
      await currentSettings(env, Date.now());
    });
  }

  /** Never throws: the runtime would retry a few times and then drop the alarm for good. */
  override async alarm(): Promise<void> {
    this.#sql.alarmAt = null;
    const calls: Promise<void>[] = [];
    this.#meter.visit("alarms", () => this.#handle({ kind: "alarm" }, calls));
    await Promise.all(calls);
  }

  handOff(call: HandOff): HandOffReply {
    return this.#answer(() => this.#engine.handOff(call, this.#moment()));
  }

  hint(hint: Hint): HintReply {
    return this.#answer(() => this.#engine.hint(hint, this.#moment()));
  }

  request(request: GroupRequest): GroupAnswer {
    return this.#answer(() => this.#engine.request(request, this.#moment()));
  }

  /** What this object has cost since it was woken; being asked is not counted. */
  meter(): Reading {
    return this.#meter.read(this.#sql.rows);
  }

  /** Ends the object as a crash would: memory is lost, rows are not. */
  crash(): void {
    this.ctx.abort("crash on request");
  }

  #answer<T>(work: () => GroupOutcome<T>): T {
    return this.#meter.visit("requests", () => {
      const { value, effects } = work();
      this.#perform(effects);
      return value;
    });
  }

  #moment(): Moment {
    const now = Date.now();
    // Kept fresh in the background: no call waits for the policy object.
    void currentSettings(this.env, now);
    return { now, random: Math.random, settings: knownSettings(this.env) };
  }

  /** A throw has rolled the turn back. The object stays usable; what is owed is found by the alarm. */
  #handle(event: GroupEvent, calls: Promise<void>[] = []): void {
    try {
      this.#perform(this.#engine.handle(event, this.#moment()), calls);
    } catch (error) {
      logFailure(`group-${event.kind}`, error);
      if (event.kind === "alarm") this.#sql.setAlarm(Date.now() + ALARM_AFTER_FAILURE_MS);
    }
  }

  #perform(effects: readonly GroupEffect[], calls: Promise<void>[] = []): void {
    for (const effect of effects) calls.push(this.#meter.wait(this.#do(effect)));
  }

  #do(effect: GroupEffect): Promise<void> {
    switch (effect.kind) {
      case "call":
        return this.#call(effect.to, effect.call);
      case "hint":
        return this.#hint(effect.to, effect.hint);
      case "stats":
        return this.#report.send(effect.batch, this.meter());
    }
  }

  async #hint(to: Address, hint: Hint): Promise<void> {
    const { handOffTimeoutMs } = knownSettings(this.env);
    const reply = await hintPeer(this.env, to, hint, handOffTimeoutMs);
    if (reply !== undefined) this.#handle({ kind: "hinted", to, reply });
  }

  async #call(to: Address, call: HandOff): Promise<void> {
    const { handOffTimeoutMs } = knownSettings(this.env);
    const outcome = await callPeer(this.env, to, call, handOffTimeoutMs);
    this.#handle({ kind: "reply", from: to, outcome });
  }
}
