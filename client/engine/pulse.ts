/** Runs the heartbeat of one session: asks the pure scheduler what is due, and does it. */

import { staleAfterMs } from "../../protocol/timing.ts";
import {
  answered,
  asked,
  beat,
  HEARTBEAT,
  type Heartbeat,
  heardFrom,
  hedged,
  pinged,
  saidSomething,
  startBurst,
  startHeartbeat,
  startProbe,
  waiting,
} from "../core/heartbeat.ts";
import { type Learning, learn, PACE, type Pace, paceOf, startLearning } from "../core/pace.ts";
import type { Clock } from "../ports.ts";
import type { LearnedHeartbeat } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { Attention } from "./attention.ts";

export interface PulseEvents {
  ping(): void;
  dead(): void;
  /** Dead perhaps; it is not known yet. */
  slow(): void;
  /** Nobody looks and it costs too much. */
  giveUp(): void;
  /** The server should expect us this often. */
  announce(heartbeatMs: number): void;
  learned(learned: LearnedHeartbeat): void;
}

export class Pulse {
  readonly #clock: Clock;
  readonly #attention: Attention;
  readonly #events: PulseEvents;
  readonly #alarm: Alarm;
  #heartbeat: Heartbeat | undefined;
  #learning: Learning = startLearning("", []);
  #announcedMs: number = PACE.visible.idleMs;
  #clockGapMs = 0;

  constructor(clock: Clock, attention: Attention, events: PulseEvents) {
    this.#clock = clock;
    this.#attention = attention;
    this.#events = events;
    this.#alarm = new Alarm(clock, () => this.tick());
  }

  /** The interval to announce in hello. */
  get intervalMs(): number {
    const pace = this.#pace();
    return pace === "disconnect" ? PACE.hiddenMinMs : pace.idleMs;
  }

  /** A session has begun on the network of this label. */
  start(network: string, known: readonly LearnedHeartbeat[]): void {
    this.#learning = startLearning(network, known);
    this.#announcedMs = this.intervalMs;
    this.#clockGapMs = this.#gap();
    const now = this.#clock.monotonic();
    // Welcome is an answer already: the burst's first ping would tell nothing.
    const heartbeat = startBurst(startHeartbeat(now), now);
    this.#heartbeat = { ...heartbeat, burst: heartbeat.burst.filter((at) => at > now) };
    this.tick();
  }

  stop(): void {
    this.#heartbeat = undefined;
    this.#alarm.clear();
  }

  heard(): void {
    if (this.#heartbeat === undefined) return;
    if (this.#heartbeat.teaches) this.#teach(true);
    this.#heartbeat = heardFrom(this.#heartbeat, this.#clock.monotonic());
    this.tick();
  }

  said(): void {
    if (this.#heartbeat) this.#heartbeat = saidSomething(this.#heartbeat, this.#clock.monotonic());
  }

  asked(): void {
    if (this.#heartbeat === undefined) return;
    this.#heartbeat = asked(this.#heartbeat, this.#clock.monotonic());
    this.tick();
  }

  answered(roundTripMs: number | undefined, stillOpen: boolean): void {
    if (this.#heartbeat === undefined) return;
    this.#heartbeat = answered(this.#heartbeat, roundTripMs, stillOpen, this.#clock.monotonic());
  }

  /** Something speaks against the link: find out at once. */
  check(): void {
    if (this.#heartbeat === undefined) return;
    this.#heartbeat = startBurst(this.#heartbeat, this.#clock.monotonic());
    this.tick();
  }

  /** Awake again, or on another network: as `check`, with another socket at hand if it takes long. */
  probe(): void {
    if (this.#heartbeat === undefined) return;
    this.#heartbeat = startProbe(this.#heartbeat, this.#clock.monotonic());
    this.tick();
  }

  /** What the app does has changed, or may have. */
  tick(): void {
    if (this.#heartbeat === undefined) return;
    const pace = this.#pace();
    if (pace === "disconnect") return this.#events.giveUp();
    this.#announce(pace);
    if (this.#jumped()) this.#heartbeat = startBurst(this.#heartbeat, this.#clock.monotonic());
    this.#act(this.#heartbeat, pace);
  }

  #act(heartbeat: Heartbeat, pace: Pace): void {
    const now = this.#clock.monotonic();
    const due = beat(heartbeat, pace, this.#announcedMs, now);
    if (due.kind === "dead") {
      if (heartbeat.teaches) this.#teach(false);
      return this.#events.dead();
    }
    if (due.kind === "hedge") {
      this.#act(hedged(heartbeat), pace);
      return this.#events.slow();
    }
    if (due.kind === "ping") {
      this.#act(pinged(heartbeat, due, now), pace);
      return this.#events.ping();
    }
    this.#arm(heartbeat, due.until);
  }

  #arm(heartbeat: Heartbeat, until: number): void {
    this.#heartbeat = waiting(heartbeat, until);
    this.#alarm.set(until);
  }

  #pace(): Pace | "disconnect" {
    return paceOf(this.#attention.state(), this.#learning.learned.intervalMs);
  }

  /** Only when it makes a difference to when the server takes us for gone. */
  #announce(pace: Pace): void {
    if (staleAfterMs(pace.idleMs) === staleAfterMs(this.#announcedMs)) return;
    this.#announcedMs = pace.idleMs;
    this.#events.announce(pace.idleMs);
  }

  #teach(alive: boolean): void {
    const before = this.#learning.learned;
    this.#learning = learn(this.#learning, alive, this.#clock.now());
    if (this.#learning.learned !== before) this.#events.learned(this.#learning.learned);
  }

  /** The wall clock went another way than the monotonic one: asleep, or set. */
  #jumped(): boolean {
    const gap = this.#gap();
    const jumped = Math.abs(gap - this.#clockGapMs) > HEARTBEAT.jumpMs;
    if (jumped) this.#clockGapMs = gap;
    return jumped;
  }

  #gap(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}
