import type { Dice } from "../support/random.ts";
import { FAULT_SITES, type FaultSite, type Params, type Strike } from "./plan.ts";

const YEAR_MS = 31_557_600_000;
const DAY_MS = 86_400_000;

/** How often each fault strikes at most, per occasion. */
const TOP_RATES: Record<FaultSite, number> = {
  evict: 0.3,
  "crash-before-commit": 0.02,
  "crash-after-commit": 0.02,
  "statement-fails": 0.02,
  "call-refused": 0.3,
  "call-slow": 0.3,
  "call-twice": 0.3,
  "reply-lost": 0.3,
  "alarm-late": 0.3,
  "alarm-twice": 0.3,
  "frame-twice": 0.1,
  "frame-slow": 0.05,
  "connect-fails": 0.3,
  "close-lost": 0.5,
  "client-crash": 0.01,
};

/** What breaks at times of its own. */
export function generateStrikes(dice: Dice, { users, spanMs }: Params): Strike[] {
  const strikes: Strike[] = [];
  const count = dice.between("count", 0, 12);
  for (let n = 0; n < count; n += 1) {
    const at = Math.floor(dice.unit("at") * spanMs);
    const user = dice.between("user", 0, users.length - 1);
    const device = dice.between("device", 0, 7);
    const kind = dice.unit("kind");
    if (kind < 0.15) strikes.push({ at, do: "crash", user });
    else if (kind < 0.25) strikes.push({ at, do: "evict", user });
    else if (kind < 0.32) strikes.push({ at, do: "deploy" });
    else if (kind < 0.55) strikes.push({ at, do: "kick", user, device });
    else {
      const ms = dice.between("stall", 100, 30_000);
      const way = dice.pick("way", ["up", "down", "both", "both"] as const);
      const ends = dice.pick("ends", ["resumed", "dead"] as const);
      strikes.push({ at, do: "stall", user, device, ms, way, ends });
    }
  }
  return strikes;
}

/** By minutes, about a day, beyond what an outbox keeps, and by years. */
const CLOCK_STEPS_MS = [60_000, 10 * 60_000, 1.2 * DAY_MS, 8 * DAY_MS, YEAR_MS, 10 * YEAR_MS];

export function generateClocks(dice: Dice, { users, spanMs }: Params): Strike[] {
  if (!dice.chance("any", 0.35)) return [];
  return Array.from({ length: dice.between("count", 1, 4) }, () => {
    const at = Math.floor(dice.unit("at") * spanMs);
    const user = dice.between("user", 0, users.length - 1);
    const device = dice.between("device", 0, 7);
    const byMs = dice.pick("step", CLOCK_STEPS_MS) * dice.pick("way", [1, -1]);
    return { at, do: "set-clock", user, device, byMs };
  });
}

/** Few faults at a time, some of them often. */
export function generateRates(dice: Dice): Partial<Record<FaultSite, number>> {
  const rates: Partial<Record<FaultSite, number>> = {};
  for (const site of FAULT_SITES) {
    if (dice.chance(`on ${site}`, 0.5)) rates[site] = TOP_RATES[site] * dice.unit(site) ** 2;
  }
  return rates;
}
