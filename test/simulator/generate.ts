import { DEFAULT_SETTINGS, type RetryStrategy, type Settings } from "../../protocol/settings.ts";
import { Dice } from "../support/random.ts";
import { generateBlocks } from "./generate-blocks.ts";
import { generateClocks, generateRates, generateStrikes } from "./generate-faults.ts";
import { generateLarge, withLargeGroups } from "./generate-large.ts";
import { generatePersonal } from "./generate-personal.ts";
import { generateScenes, withQuietEnd } from "./generate-scenes.ts";
import {
  type DeviceParams,
  FIRST_GROUP,
  type Op,
  type Params,
  PLAN_VERSION,
  type Plan,
} from "./plan.ts";

const PRIORITIES = ["normal", "normal", "normal", "urgent", "bulk"] as const;
const YEAR_MS = 31_557_600_000;
const DAY_MS = 86_400_000;
/** Seven reconnects, seven seconds each, and some time before and after. */
const POISON_MS = 60_000;
/** At least so many are sent in each run. */
const MESSAGES = 30;

/**
 * Swarm: each seed has its own size, its own tiny limits and its own few faults. `isLarge`: most groups
 * have one log for all.
 */
export function generate(seed: number, isLarge = false): Plan {
  const dice = new Dice(seed);
  const plain = generateParams(dice.split("params"));
  const params = isLarge ? withLargeGroups(dice.split("large"), plain) : plain;
  const ops = [
    ...generateOps(dice.split("ops"), params),
    ...generatePersonal(dice.split("personal"), params),
    ...generateBlocks(dice.split("blocks"), params),
    ...generateLarge(dice.split("large ops"), params),
  ];
  ops.push(...generateScenes(dice.split("scenes"), params, ops));
  const strikes = [
    ...generateStrikes(dice.split("strikes"), params),
    ...generateClocks(dice.split("clocks"), params),
  ];
  const rates = generateRates(dice.split("rates"));
  const plan = { version: PLAN_VERSION, seed, params, ops, strikes, rates } as const;
  return inOrder(withQuietEnd(dice.split("end"), plan));
}

function inOrder(plan: Plan): Plan {
  const [ops, strikes] = [[...plan.ops], [...plan.strikes]];
  return { ...plan, ops: ops.sort(byTime), strikes: strikes.sort(byTime) };
}

function byTime(a: { readonly at: number }, b: { readonly at: number }): number {
  return a.at - b.at;
}

function generateParams(dice: Dice): Params {
  const users = dice.pick("users", [3, 3, 3, 4]);
  const perUser = dice.pick("devices", [2, 2, 2, 3]);
  const spanMs = dice.pick("span", [15_000, 30_000, 60_000]);
  const latencyMs = dice.pick("latency", [5, 50, 200, 1_000]);
  return {
    users: Array.from({ length: users }, () =>
      Array.from({ length: perUser }, () => generateDevice(dice)),
    ),
    groups: dice.chance("groups", 0.4) ? 1 : 0,
    spanMs,
    latencyMs,
    storeMs: dice.pick("store", [0, 0, 5, 50]),
    tokenMs: dice.pick("token", [DAY_MS, DAY_MS, DAY_MS, 60_000]),
    settings: generateSettings(dice, latencyMs),
  };
}

function generateDevice(dice: Dice): DeviceParams {
  return {
    skewMs: dice.pick("skew", [0, 0, 10 * YEAR_MS, -10 * YEAR_MS]),
    old: dice.chance("old", 0.05),
    tabs: dice.pick("tabs", [1, 1, 1, 2, 3]),
  };
}

function generateSettings(dice: Dice, latencyMs: number): Settings {
  const pick = <T>(site: string, tiny: readonly T[], usual: T): T =>
    dice.chance(site, 0.4) ? dice.pick(`${site} tiny`, tiny) : usual;
  const usual = DEFAULT_SETTINGS;
  return {
    ...usual,
    retry: {
      strategies: { default: generateStrategy(dice) },
      maxAttempts: pick("attempts", [1, 2, 3], 8),
      ttlMs: pick("ttl", [5_000, 30_000], usual.retry.ttlMs),
      jitter: dice.pick("jitter", [0, 0.2, 1]),
    },
    minAckVersion: "1",
    windowEntries: pick("window", [1, 2, 5], usual.windowEntries),
    windowBytes: pick("window bytes", [1_024, 4_096], usual.windowBytes),
    pageBytes: pick("page", [256, 1_024], usual.pageBytes),
    retentionMs: pick("retention", [5_000, 20_000], usual.retentionMs),
    freshEntries: pick("fresh", [0, 5], usual.freshEntries),
    flushEntries: pick("flush", [1, 3], usual.flushEntries),
    flushMs: pick("flush ms", [1_000, 5_000], usual.flushMs),
    checkpointRows: pick("checkpoint", [1, 2, 7], usual.checkpointRows),
    rateBurst: pick("burst", [3, 10], 1_000),
    ratePerSecond: pick("rate", [2, 5], 1_000),
    editWindowMs: pick("edit window", [0, 10_000], usual.editWindowMs),
    recallWindowMs: pick("recall window", [0, 10_000], usual.recallWindowMs),
    ackDelayMs: pick("ack", [0, 500], usual.ackDelayMs),
    ackMaxMs: pick("ack max", [1, 5_000], usual.ackMaxMs),
    // Always long enough for a call without any fault, or nothing would ever get through.
    handOffTimeoutMs: 3 * latencyMs + pick("call timeout", [50, 500], usual.handOffTimeoutMs),
    handOffDelaysMs: dice.pick("call delays", [[100, 500], [1_000, 2_000, 5_000], [20_000]]),
    // Longer than the delays, or everything would be given up after one failed call.
    handOffTtlMs: dice.chance("call ttl", 0.15) ? 30_000 : usual.handOffTtlMs,
    safetyAlarmMs: dice.pick("safety", [500, 2_000, 10_000]),
    recipients: dice.pick("recipients", ["any", "known"]),
  };
}

function generateStrategy(dice: Dice): RetryStrategy {
  return dice.pick<RetryStrategy>("strategy", [
    { kind: "fixed", delayMs: 1_500 },
    { kind: "fixed", delayMs: 400 },
    { kind: "stepped", delaysMs: [1_000, 2_000, 10_000] },
    { kind: "adaptive", baseMs: 500, capMs: 10_000 },
  ]);
}

function generateOps(dice: Dice, { users, spanMs, groups = 0 }: Params): Op[] {
  const ops: Op[] = [];
  const count = dice.between("count", 40, 70);
  // A few conversations with much in them rather than many with little.
  const friends = dice.between("friends", 1, 2);
  for (let n = 0; n < count; n += 1) {
    const at = Math.floor(dice.unit("at") * spanMs);
    const user = dice.between("user", 0, users.length - 1);
    const device = dice.between("device", 0, 7);
    const peer = (user + dice.between("peer", 0, friends)) % users.length;
    ops.push(generateOp(dice, at, { user, device }, peer));
  }
  if (spanMs >= POISON_MS && dice.chance("poison", 0.25)) ops.push(...poison(dice, users.length));
  if (groups > 0) ops.push(...groupOps(dice.split("group"), users.length, spanMs));
  while (messagesOf(ops) < MESSAGES) {
    const at = Math.floor(dice.unit("more at") * spanMs);
    const user = dice.between("more user", 0, users.length - 1);
    const device = dice.between("more device", 0, 7);
    const peer = (user + 1) % users.length;
    const how = { peer, count: 1, bytes: 0, priority: "normal" } as const;
    ops.push({ at, user, device, do: "send", ...how });
  }
  return ops;
}

/** An entry that an app never takes, through as many connections as it takes to be given up (R17). */
function poison(dice: Dice, users: number): Op[] {
  const at = dice.between("poison at", 0, 5_000);
  const who = { user: dice.between("poison user", 0, users - 1), device: 0 };
  const reloads = Array.from({ length: 7 }, (_, n): Op => {
    return { at: at + (n + 1) * 7_000, ...who, do: "reload", downMs: 100 };
  });
  return [{ at, ...who, do: "refuse", times: 40 }, ...reloads];
}

/** Somebody makes a group, and they talk, come and go. */
function groupOps(dice: Dice, users: number, spanMs: number): Op[] {
  const peer = FIRST_GROUP;
  const begin = Math.floor(dice.unit("begin") * 0.3 * spanMs);
  const founder = { user: dice.between("founder", 0, users - 1), device: 0 };
  const ops: Op[] = [
    { at: begin, ...founder, do: "create", peer, pick: dice.between("all", 0, 63) },
  ];
  const count = dice.between("count", 15, 40);
  for (let n = 0; n < count; n += 1) {
    const at = begin + Math.floor(dice.unit("at") * (spanMs - begin));
    const user = dice.chance("by founder", 0.4) ? founder.user : dice.between("user", 0, users - 1);
    const who = { user, device: dice.between("device", 0, 7) };
    ops.push(groupOp(dice, at, who, peer));
  }
  return ops;
}

function groupOp(
  dice: Dice,
  at: number,
  who: { readonly user: number; readonly device: number },
  peer: number,
): Op {
  const kind = dice.unit("kind");
  const pick = dice.between("pick", 0, 1_000);
  if (kind < 0.45) {
    const count = dice.chance("many", 0.15) ? dice.between("how many", 2, 8) : 1;
    return { at, ...who, do: "send", peer, count, bytes: 0, priority: "normal" };
  }
  if (kind < 0.6) {
    const what = dice.pick("change", ["edit", "recall", "react"] as const);
    return { at, ...who, do: what, peer, pick };
  }
  if (kind < 0.7) return { at, ...who, do: "read", peer, pick };
  const what = ["invite", "invite", "remove", "leave", "promote", "retitle"] as const;
  return { at, ...who, do: dice.pick("manage", what), peer, pick };
}

function messagesOf(ops: readonly Op[]): number {
  return ops.reduce((sum, op) => sum + (op.do === "send" ? op.count : 0), 0);
}

function generateOp(
  dice: Dice,
  at: number,
  who: { readonly user: number; readonly device: number },
  peer: number,
): Op {
  const kind = dice.unit("kind");
  const pick = dice.between("pick", 0, 1_000);
  if (kind < 0.5) {
    const count = dice.chance("many", 0.15) ? dice.between("how many", 2, 12) : 1;
    const bytes = dice.chance("long", 0.1) ? dice.between("bytes", 500, 6_000) : 0;
    const priority = dice.pick("priority", PRIORITIES);
    return { at, ...who, do: "send", peer, count, bytes, priority };
  }
  if (kind < 0.74) {
    const what = dice.pick("change", ["edit", "edit", "recall", "react"] as const);
    return { at, ...who, do: what, peer, pick };
  }
  if (kind < 0.86) return { at, ...who, do: "read", peer, pick };
  if (kind < 0.88) return { at, ...who, do: "history", peer, pick };
  if (kind < 0.92) return { at, ...who, do: "reload", downMs: dice.between("down", 10, 20_000) };
  if (kind < 0.94) return { at, ...who, do: "sleep", ms: dice.between("sleep", 500, 60_000) };
  if (kind < 0.955) return { at, ...who, do: "add" };
  if (kind < 0.96) return { at, ...who, do: "revoke" };
  if (kind < 0.97) return { at, ...who, do: "refuse", times: dice.pick("times", [1, 3, 8]) };
  if (kind < 0.98) return { at, ...who, do: "forge", peer, pick };
  if (kind < 0.985) return { at, ...who, do: dice.pick("held", ["drop", "resend"] as const) };
  if (kind < 0.993)
    return { at, ...who, do: "freeze", ms: dice.between("frozen", 500, 20_000), pick };
  return { at, ...who, do: "close", downMs: dice.between("closed", 10, 20_000), pick };
}
