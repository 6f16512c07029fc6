import type { Address, HandOff, HandOffReply } from "../../protocol/hand-offs.ts";
import type { Settings } from "../../protocol/settings.ts";
import type { CallOutcome, Moment } from "../../worker/user/turn.ts";
import type { SimClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";
import { Crash, NO_TROUBLE, type SimSql, StatementRefused, type Trouble } from "./object-sql.ts";
import type { Counters } from "./sometimes.ts";

/** The shells' answer to an alarm that failed. */
const ALARM_AFTER_FAILURE_MS = 10_000;
/** The platform forgets an object that nothing has happened to for ten seconds; an alarm may be late. */
const FORGETS_AFTER_MS = 8_000;
/** After a crash the platform runs the alarm again. */
const ALARM_AGAIN_MS = 2_000;

/** What any object says to others or commits, for the checkers. */
export interface HostWitness {
  /** All effects of a turn are performed. */
  rested(host: SimHost): void;
  committed(host: SimHost): void;
  called(host: SimHost, to: Address, call: HandOff): void;
  arrived(host: SimHost, call: HandOff): void;
  replied(host: SimHost, to: Address, reply: HandOffReply): void;
  /** An answer has come back. */
  heard(host: SimHost, from: Address): void;
  threw(host: SimHost, event: string, error: unknown): void;
}

export interface HostSurroundings {
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly witness: HostWitness;
  readonly journal: Journal;
  readonly settings: Settings;
  object(address: Address): SimHost | undefined;
  latency(link: string): number;
}

export interface AlarmRun {
  readonly scheduledAt: number;
  /** The handler and the calls that it waits for. */
  open: number;
}

/**
 * An object on a simulated platform: its storage, its one alarm, its calls, and what the platform
 * may do to it between any two events and within each.
 */
export abstract class SimHost {
  /** Names it in decisions of chance. */
  readonly name: string;
  readonly sql: SimSql;
  abstract readonly address: Address;
  readonly #around: HostSurroundings;
  /** Counts crashes: what belongs to an earlier life reaches nobody. */
  protected life = 0;
  #callsOut = 0;
  #busyAt = 0;
  readonly #inFlight = new Map<Address, number>();
  /** The alarm as it is on disk; the one that the shell believes in is `sql.alarmAt`. */
  #alarmAt: number | null = null;
  #alarmRun: AlarmRun | null = null;
  #alarmTimer: (() => void) | undefined;
  turns = 0;
  alarms = 0;

  constructor(name: string, sql: SimSql, around: HostSurroundings) {
    this.name = name;
    this.sql = sql;
    this.#around = around;
    sql.reset();
  }

  protected abstract readonly isAwake: boolean;
  /** Memory goes; with a crash the sockets, too. */
  protected abstract forget(isCrash: boolean): void;
  protected abstract serve(call: HandOff): HandOffReply;
  protected abstract onAlarm(run: AlarmRun): void;
  protected abstract onReply(from: Address, outcome: CallOutcome): void;

  /** The alarm that is set; null: none. */
  get alarmAt(): number | null {
    return this.#alarmAt;
  }

  get isAlarmRunning(): boolean {
    return this.#alarmRun !== null;
  }

  callsTo(address: Address): number {
    return this.#inFlight.get(address) ?? 0;
  }

  /** Memory, sockets and what was under way are gone; rows and alarm are not. */
  crash(): void {
    this.#around.journal(() => `${this.name} crashes`);
    this.life += 1;
    this.forget(true);
    this.#callsOut = 0;
    this.#inFlight.clear();
    if (this.#alarmRun !== null) {
      this.#around.counters.note("alarm cut off");
      this.#alarmAt ??= this.#around.clock.now + ALARM_AGAIN_MS;
      this.#alarmRun = null;
    }
    this.sql.alarmAt = this.#alarmAt;
    this.#armTimer();
  }

  /** Hibernation: memory goes, attachments stay. A call under way keeps the object awake. */
  evict(): void {
    if (!this.isAwake || this.#callsOut > 0 || this.#alarmRun !== null) return;
    this.#around.journal(() => `${this.name} sleeps`);
    this.forget(false);
    this.sql.alarmAt = this.#alarmAt;
    this.#around.counters.note("woken from hibernation");
  }

  /** What the caller of a call gets to see of it. */
  answer(call: HandOff): CallOutcome {
    try {
      this.#around.witness.arrived(this, call);
      const reply = structuredClone(this.serve(call));
      this.#around.witness.replied(this, call.from, reply);
      return { ok: true, reply };
    } catch (error) {
      const known = error instanceof Crash || error instanceof StatementRefused;
      if (!known) this.#around.witness.threw(this, "hand-off", error);
      return { ok: false };
    }
  }

  #forgetIdle(): void {
    const { now } = this.#around.clock;
    if (now - this.#busyAt >= FORGETS_AFTER_MS) this.evict();
    this.#busyAt = now;
  }

  // --- one turn

  /** One transaction, which may fail or end the process. */
  protected transact<T>(work: (moment: Moment) => T): T {
    const { faults, clock, settings, witness } = this.#around;
    this.#forgetIdle();
    if (faults.hit("evict", this.name)) this.evict();
    this.turns += 1;
    this.sql.prepareTrouble(this.#trouble());
    const random = () => faults.unit(`engine ${this.name}`);
    try {
      const outcome = work({ now: clock.now, random, settings });
      this.#keepAlarm();
      witness.committed(this);
      return outcome;
    } catch (error) {
      if (error instanceof Crash) {
        this.#around.counters.note("crash before commit");
        this.crash();
      }
      throw error;
    } finally {
      this.sql.prepareTrouble(NO_TROUBLE);
    }
  }

  /** Performs effects, or the first few of them. */
  protected performEach<Effect>(effects: readonly Effect[], perform: (effect: Effect) => void) {
    const { faults, counters } = this.#around;
    const dies = faults.hit("crash-after-commit", this.name);
    const last = dies ? faults.between(`effects ${this.name}`, 0, effects.length) : effects.length;
    for (const effect of effects.slice(0, last)) perform(effect);
    if (!dies) return this.#around.witness.rested(this);
    counters.note("crash after commit");
    if (last > 0 && last < effects.length) counters.note("effects partly done");
    this.crash();
    throw new Crash("after the commit");
  }

  /** As the shells do: the object stays usable, and what it owed is asked again. */
  protected afterThrow(event: string, error: unknown): void {
    if (!(error instanceof StatementRefused)) this.#around.witness.threw(this, event, error);
    if (event !== "alarm") return;
    this.sql.setAlarm(this.#around.clock.now + ALARM_AFTER_FAILURE_MS);
    this.#keepAlarm();
  }

  #trouble(): Trouble {
    const { faults, counters } = this.#around;
    const crash = faults.hit("crash-before-commit", this.name);
    const fails = faults.hit("statement-fails", this.name);
    if (fails) counters.note("statement failed");
    const failAfter = fails ? faults.between(`statement ${this.name}`, 0, 2) : undefined;
    return { crash, failAfter };
  }

  // --- calls to other objects

  protected call(to: Address, call: HandOff, run: AlarmRun | null): void {
    const { clock, faults, settings, witness } = this.#around;
    witness.called(this, to, call);
    this.#around.journal(() => `${this.name} → ${to} ${JSON.stringify(call)}`);
    const settle = this.awaits<CallOutcome>(to, run, (outcome) => {
      if (outcome.ok) witness.heard(this, to);
      else this.#around.counters.note("home unreachable");
      this.onReply(to, outcome);
    });
    clock.after(settings.handOffTimeoutMs, () => settle({ ok: false }));
    const link = `${this.name} to ${to}`;
    if (faults.hit("call-refused", link)) {
      clock.after(this.#around.latency(link), () => settle({ ok: false }));
      return;
    }
    const times = faults.hit("call-twice", link) ? 2 : 1;
    for (let time = 0; time < times; time += 1) this.#deliver(to, link, call, settle);
  }

  #deliver(to: Address, link: string, call: HandOff, settle: (outcome: CallOutcome) => void): void {
    const { clock, counters, faults, latency, settings } = this.#around;
    const timeoutMs = settings.handOffTimeoutMs;
    const slow = faults.hit("call-slow", link);
    const takes = latency(link) + (slow ? faults.unit(`slow ${link}`) * 3 * timeoutMs : 0);
    const copy = structuredClone(call);
    clock.after(takes, () => {
      if (takes > timeoutMs) counters.note("call executed after its deadline");
      this.#around.journal(() => `${this.name} → ${to} arrives: ${JSON.stringify(copy)}`);
      const outcome = this.#around.object(to)?.answer(copy) ?? { ok: false };
      if (outcome.ok && faults.hit("reply-lost", link)) return;
      clock.after(latency(link), () => settle(outcome));
    });
  }

  /** A promise of this life: settles once, and only while the object lives. */
  protected awaits<T>(
    to: Address,
    run: AlarmRun | null,
    then: (value: T) => void,
  ): (value: T) => void {
    const life = this.life;
    let isOpen = true;
    this.#callsOut += 1;
    if (run !== null) run.open += 1;
    this.#inFlight.set(to, this.callsTo(to) + 1);
    return (value) => {
      if (!isOpen) return;
      isOpen = false;
      if (life !== this.life) return;
      this.#around.journal(() => `${this.name} ← ${to} ${JSON.stringify(value)}`);
      this.#inFlight.set(to, this.callsTo(to) - 1);
      // Whoever waits for it is awake when it comes (P27).
      then(value);
      if (life !== this.life) return;
      this.#callsOut -= 1;
      if (run !== null) this.#closeRun(run);
    };
  }

  // --- the alarm

  /** After a commit: what was set in it is on disk now. */
  #keepAlarm(): void {
    const wanted = this.sql.takeAlarm();
    if (wanted === null) return;
    // Inside alarm(), re-arming at or before the current time is lost without a word (P13).
    if (this.#alarmRun !== null && wanted <= this.#alarmRun.scheduledAt) return;
    this.#alarmAt = wanted;
    this.#around.journal(() => `${this.name} alarm set in ${wanted - this.#around.clock.now} ms`);
    this.#armTimer();
  }

  #armTimer(): void {
    this.#alarmTimer?.();
    if (this.#alarmAt === null || this.#alarmRun !== null) return;
    const { clock, counters, faults } = this.#around;
    const late = faults.hit("alarm-late", this.name);
    if (late) counters.note("alarm late");
    const delayMs = late ? faults.unit(`alarm ${this.name}`) * 60_000 : 0;
    this.#alarmTimer = clock.at(this.#alarmAt + delayMs, () => this.#fire());
  }

  #fire(): void {
    if (this.#alarmAt === null || this.#alarmRun !== null) return;
    this.#forgetIdle();
    const { faults, counters } = this.#around;
    const run: AlarmRun = { scheduledAt: this.#alarmAt, open: 1 };
    this.#alarmAt = null;
    this.#alarmRun = run;
    const life = this.life;
    this.#runAlarm(run);
    if (life === this.life && faults.hit("alarm-twice", this.name)) {
      counters.note("alarm twice");
      this.#runAlarm(run);
    }
    if (life === this.life) this.#closeRun(run);
  }

  #runAlarm(run: AlarmRun): void {
    this.alarms += 1;
    this.#around.journal(() => `${this.name} alarm`);
    this.sql.alarmAt = null;
    this.onAlarm(run);
  }

  #closeRun(run: AlarmRun): void {
    run.open -= 1;
    if (run.open > 0 || this.#alarmRun !== run) return;
    this.#alarmRun = null;
    this.#armTimer();
  }
}
