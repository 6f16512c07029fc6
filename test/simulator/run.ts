import { parseConversation } from "../../protocol/ids.ts";
import { staleAfterMs, TIMING } from "../../protocol/timing.ts";
import { retryDelayMs } from "../../worker/core/delivery.ts";
import type { Violation } from "./checks/findings.ts";
import { type AtRest, isAtRest, RestChecks } from "./checks/rest.ts";
import { type Journal, NO_JOURNAL } from "./journal.ts";
import { newText, obey, settleFailed, strike } from "./people.ts";
import type { Params, Plan } from "./plan.ts";
import { World } from "./world.ts";

/** A run that takes more turns than this goes round in circles. */
const TURN_BUDGET = 60_000;
const REST_STEP_MS = 2_000;
const IDLE_MS = 600_000;
const READER_MS = 120_000;
const LONGEST_CALL_DELAY_MS = 30_000;

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly turns: number;
  readonly messages: number;
  readonly faults: number;
  readonly simulatedMs: number;
  /** Messages that a fault had touched, and that are everywhere in the end. */
  readonly recovered: number;
  readonly sometimes: Readonly<Record<string, number>>;
  /** Names of the faults' decisions, for shrinking. */
  readonly fired: readonly string[];
}

/** Runs a plan to its end, or to the first violation. */
export async function run(
  plan: Plan,
  write?: (elapsedMs: number, line: string) => void,
): Promise<RunResult> {
  const journal: Journal =
    write === undefined ? NO_JOURNAL : (line) => write(world.clock.elapsedMs, line());
  const world = new World(plan, journal);
  for (const op of plan.ops) {
    world.clock.after(op.at, () => {
      journal(() => `— ${JSON.stringify(op)}`);
      obey(world, op);
    });
  }
  for (const one of plan.strikes) {
    world.clock.after(one.at, () => {
      journal(() => `! ${JSON.stringify(one)}`);
      strike(world, one);
    });
  }
  await advance(world, plan.params.spanMs);
  const healed = await heal(world);
  if (healed !== undefined && !world.findings.any) await readAgain(world, healed);
  return report(world);
}

/** Runs until `ms` have passed, a violation is found, or the budget is used up. */
async function advance(world: World, ms: number): Promise<void> {
  const until = world.clock.now + ms;
  let goesOn = true;
  while (goesOn && !world.findings.any) {
    if (world.isStirred) {
      world.isStirred = false;
      await settled();
    }
    goesOn = world.clock.step(until) || world.isStirred;
    if (world.turns > TURN_BUDGET) {
      world.findings.add("L1", "unexpected", `${world.turns} turns and no end`);
    }
  }
}

/** Lets every promise run that can. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Phase B: nothing breaks any more, and within a bounded time all is well. */
async function heal(world: World): Promise<AtRest | undefined> {
  world.faults.heal();
  world.network.heal();
  for (const device of world.allDevices()) {
    device.wake();
    device.start();
    device.refusals = 0;
  }
  if (world.wake.givesUp) {
    await advance(world, LONGEST_CALL_DELAY_MS);
    speakAgain(world);
  }
  const limitMs = convergenceMs(world);
  const rest = await untilRest(world, limitMs, () => {
    for (const device of world.allDevices()) settleFailed(device, "drop");
  });
  if (rest.isRest) return rest;
  if (!world.findings.any) {
    world.findings.add("L1", "lost", `not at rest after ${limitMs} ms: ${rest.why}`);
  }
  return undefined;
}

/**
 * Until nothing is under way, for at most `limitMs`. Where no ack can come before its session is
 * given up, a device gets on by one run with each session: fed to completion is a promise (R7), how
 * soon is not one, so the time counts anew there with every step of a device.
 */
async function untilRest(world: World, limitMs: number, meanwhile: () => void): Promise<AtRest> {
  const isHasty = givesUpBeforeAcks(world.plan.params);
  let rest: AtRest = { isRest: false, why: "nothing was looked at" };
  let handled = 0;
  for (let waited = 0; waited < limitMs && !world.findings.any; waited += REST_STEP_MS) {
    await advance(world, REST_STEP_MS);
    meanwhile();
    rest = isAtRest(world);
    if (rest.isRest) return rest;
    const now = handledByAll(world);
    if (isHasty && now > handled) waited = 0;
    handled = now;
  }
  return rest;
}

function handledByAll(world: World): number {
  return world.allDevices().reduce((sum, { disk }) => sum + disk.records.meta.handled, 0);
}

/** Whether the policy lets a session end before the ack of its first frame can have come. */
function givesUpBeforeAcks({ latencyMs, storeMs, settings }: Params): boolean {
  const { maxAttempts, ttlMs } = settings.retry;
  const push = { settings, platform: "sim", roundTrip: null, priority: "urgent" } as const;
  let patienceMs = 0;
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    patienceMs += retryDelayMs(push, attempt, 0);
  }
  return Math.min(patienceMs, ttlMs) < 2 * (latencyMs + storeMs) + settings.ackMaxMs;
}

/** Where things were given up, the next message brings what is missing. */
function speakAgain(world: World): void {
  for (const conversation of world.truth.conversations()) {
    const parsed = parseConversation(conversation);
    const all = world.objects.map(({ user }) => user);
    for (const user of parsed?.kind === "direct" ? new Set(parsed.users) : all) {
      const object = world.objectAt(`user:${user}`);
      const [device] =
        object === undefined ? [] : (world.devices[world.objects.indexOf(object)] ?? []);
      if (device === undefined) continue;
      const text = newText(world, device, 0);
      device.say(conversation, (client) => client.send(conversation, text));
    }
  }
  world.stir();
}

/** L1: longest delays of the policy, the client's detection and its backoff, with some room. */
function convergenceMs({ plan: { params } }: World): number {
  const { settings } = params;
  const { retry, handOffDelaysMs, safetyAlarmMs } = settings;
  const strategy = retry.strategies.default;
  const delayMs =
    strategy.kind === "stepped"
      ? Math.max(...strategy.delaysMs)
      : strategy.kind === "fixed"
        ? strategy.delayMs
        : strategy.capMs;
  const longest = Math.max(delayMs * 2, ...handOffDelaysMs, safetyAlarmMs) * (1 + retry.jitter);
  const detection = staleAfterMs(TIMING.heartbeatMs) + 60_000;
  return 3 * longest + 2 * detection + 120_000;
}

/** Phase C: everybody once more, also a device that was never there before. */
async function readAgain(world: World, _rest: AtRest): Promise<void> {
  const checks = new RestChecks(world);
  checks.run();
  const reader = world.plan.seed % world.plan.params.users.length;
  world.addDevice(reader, { skewMs: 0, old: false });
  await untilRest(world, READER_MS, () => {});
  if (!world.findings.any) checks.run();
  // Ten idle minutes cost more than all the rest: a few seeds stand for all.
  if (!world.findings.any && world.plan.seed % 8 === 0) await stayIdle(world, checks);
}

async function stayIdle(world: World, checks: RestChecks): Promise<void> {
  // An alarm that was set for what is over by now is taken back by nobody, and runs once.
  const lastAlarm = Math.max(...world.objects.map(({ alarmAt }) => alarmAt ?? 0));
  await advance(world, Math.max(0, lastAlarm - world.clock.now) + 2 * 60_000);
  const before = checks.costs();
  await advance(world, IDLE_MS);
  checks.idleSince(before);
}

function report(world: World): RunResult {
  const sent = [...world.truth.sent.values()];
  for (const { sql } of world.objects) world.counters.note("checkpoint", sql.checkpoints);
  for (const { leaderChanges } of world.allDevices()) {
    world.counters.note("another tab led", leaderChanges);
  }
  return {
    seed: world.plan.seed,
    violations: world.findings.violations,
    turns: world.turns,
    messages: sent.length,
    faults: world.faults.fired.length + world.plan.strikes.length,
    simulatedMs: world.clock.elapsedMs,
    recovered: sent.filter(({ attempts, accepted }) => attempts > 1 && accepted).length,
    sometimes: world.counters.toJson(),
    fired: world.faults.fired,
  };
}
