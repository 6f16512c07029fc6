import { homeOf } from "../../../worker/core/home.ts";
import type { SeenSession, SimObject } from "../object.ts";
import type { World } from "../world.ts";

/** The alarm may be this late by itself. */
const SLACK_MS = 1_000;
/** An alarm that is so much later than the safety alarm may stand in for it: setting one is a row. */
const SAFETY_SLACK = 1.5;
const A_DAY_MS = 86_400_000;

/** L2, S11: what an object must have arranged for before it may be forgotten. */
export class WakeChecks {
  readonly #world: World;
  /** No alarm that stands behind something may be later. */
  readonly longestWaitMs: number;
  /** What can't be handed over is given up within the run: then nothing is owed any more. */
  readonly givesUp: boolean;

  #before = "";

  constructor(world: World) {
    this.#world = world;
    const { handOffDelaysMs, retry, safetyAlarmMs, handOffTimeoutMs, handOffTtlMs } =
      world.plan.params.settings;
    const backoffMs = Math.max(...handOffDelaysMs) * (1 + retry.jitter);
    this.givesUp = handOffTtlMs < A_DAY_MS;
    this.longestWaitMs =
      Math.max(backoffMs, safetyAlarmMs * SAFETY_SLACK, handOffTimeoutMs) + SLACK_MS;
  }

  /** After a turn whose effects were all performed. */
  rested(object: SimObject): void {
    this.#oneSession(object);
    if (object.isAlarmRunning) return;
    const { now } = this.#world.clock;
    const debt = this.#debt(object);
    const { alarmAt } = object;
    if (debt !== undefined && (alarmAt === null || alarmAt > now + this.longestWaitMs)) {
      const set = alarmAt === null ? "none" : `${alarmAt - now} ms`;
      this.#say("L2", `${object.user} owes ${debt}, alarm: ${set}`);
    }
    for (const session of object.seenSessions()) {
      if (session.retryAt === null) continue;
      if (alarmAt !== null && alarmAt <= Math.max(now, session.retryAt) + SLACK_MS) continue;
      this.#say("L2", `${object.user} waits for an ack of ${session.id} without an alarm`);
    }
  }

  /** S11: a frame of a session that was ended must change nothing. */
  late(object: SimObject): void {
    this.#world.counters.note("late frame of a replaced session");
    this.#before = this.#rowsOf(object);
  }

  afterLate(object: SimObject): void {
    const after = this.#rowsOf(object);
    if (after === this.#before) return;
    this.#say("S11", `${object.user} obeyed a frame of an ended session`);
  }

  /** What the sockets knew and no row did. */
  died(object: SimObject, sessions: readonly SeenSession[]): void {
    const { store } = this.#world.rows.of(object);
    const isLost = sessions.some(
      ({ device, acked }) => acked > (store.device(device)?.cursor ?? acked),
    );
    if (isLost) this.#world.counters.note("flush lost");
  }

  #rowsOf(object: SimObject): string {
    const { store, seq } = this.#world.rows.of(object);
    return JSON.stringify([seq, store.pending()]);
  }

  /** What this object has to bring to others, as seen from outside. */
  #debt(object: SimObject): string | undefined {
    const { rows, truth } = this.#world;
    const [pending] = rows.of(object).store.pending();
    if (pending !== undefined) return `the append of ${pending.append.origin.counter}`;
    for (const conversation of truth.conversations()) {
      if (homeOf(conversation) !== object.address) continue;
      const head = truth.head(conversation);
      for (const other of this.#world.objects) {
        if (other === object || !isMember(conversation, other.user)) continue;
        const have = rows.headOf(other.user, conversation);
        if (have < head && this.#isDue(object, other, conversation, have + 1)) {
          return `${conversation} ${have + 1}…${head}`;
        }
      }
    }
    return undefined;
  }

  /** Neither too old nor out of reach for so long that all may have been given up together. */
  #isDue(object: SimObject, other: SimObject, conversation: string, number: number): boolean {
    const { clock, plan, rows, truth } = this.#world;
    const { handOffTtlMs } = plan.params.settings;
    const at = truth.at(conversation, number)?.at ?? 0;
    if (clock.now - at > handOffTtlMs) return false;
    return rows.heardWithin(object, other.address, clock.now, handOffTtlMs);
  }

  #oneSession(object: SimObject): void {
    const devices = object.seenSessions().map(({ device }) => device);
    if (new Set(devices).size < devices.length) {
      this.#say("S11", `${object.user} has two live sessions of one device`);
    }
  }

  #say(invariant: string, text: string): void {
    this.#world.findings.add(invariant, "unexpected", text);
  }
}

function isMember(conversation: string, user: string): boolean {
  return conversation.slice("direct:".length).split(",").includes(user);
}
