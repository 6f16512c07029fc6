/**
 * What 10,000 clients do to a server that drops them all at once: the most attempts to connect in
 * any 100 ms, and how long after the end of an outage 99 % are back. `npm run herd [-- --json]`.
 * Ours is the SDK's own code; the others are the formulas of well-known SDKs, first attempt
 * included, read in their sources in 2026.
 */
import { type Backoff, NO_BACKOFF, nextDelay } from "../client/core/backoff.ts";
import { Dice } from "../test/support/random.ts";

const CLIENTS = 10_000;
const DROPPED_WITHIN_MS = 50;
const OUTAGE_MS = 20_000;
const BUCKET_MS = 100;
const MAX_ATTEMPTS = 100;

/** Delay before the next attempt; `tries` counts those made since the drop. Null: gives up. */
type Wait = (tries: number, random: () => number, now: number) => number | null;
/** Makes the state of one client. */
type Policy = () => Wait;

function stateless(wait: Wait): Policy {
  return () => wait;
}

function steps(delays: readonly number[], then: number | null): Policy {
  return stateless((tries) => delays[tries] ?? then);
}

const policies: Readonly<Record<string, Policy>> = {
  holdfast: holdfast(undefined),
  "holdfast, server hints 10 s": holdfast(10_000),
  // Jitter first, cap second: from the fifth attempt on all wait the cap.
  "socket.io": stateless((tries, random) => {
    const grown = 1_000 * 2 ** tries;
    return Math.min(5_000, grown + (random() < 0.5 ? -1 : 1) * random() * 0.5 * grown);
  }),
  "centrifuge-js": stateless((tries, random) =>
    Math.min(20_000, 500 + random() * Math.min(20_000, 500 * 2 ** Math.min(tries, 31))),
  ),
  "stream-chat-js": stateless((tries, random) => {
    const max = Math.min(500 + (tries + 1) * 2_000, 5_000);
    const min = Math.min(Math.max(250, tries * 2_000), 5_000);
    return min + random() * (max - min);
  }),
  "nats with jitter": stateless((_, random) => 2_000 + random() * 1_000),
  "phoenix.js": steps([10, 50, 100, 150, 200, 250, 500, 1_000, 2_000], 5_000),
  signalr: steps([0, 2_000, 10_000, 30_000], null),
};

function holdfast(spreadMs: number | undefined): Policy {
  return () => {
    let backoff: Backoff = NO_BACKOFF;
    return (tries, random, now) => {
      // The hint comes with the close frame, so it counts for the first attempt.
      const hint = tries === 0 ? spreadMs : undefined;
      const loss = { local: false, spreadMs: hint, hidden: false };
      const next = nextDelay(backoff, loss, now, random());
      backoff = next.backoff;
      return next.delayMs;
    };
  };
}

interface Herd {
  /** Most attempts within 100 ms when the server takes everybody back at once. */
  readonly peakPer100ms: number;
  /** The same, over an outage of 20 s and after it. */
  readonly peakInOutagePer100ms: number;
  /** 99 % are back this long after the outage; null: more than 1 % never are. */
  readonly p99RecoveryMs: number | null;
}

function run(policy: Policy): Herd {
  const outage = attempts(policy, OUTAGE_MS);
  const recovered = outage.backAt.sort((a, b) => a - b)[Math.ceil(CLIENTS * 0.99) - 1];
  return {
    peakPer100ms: peak(attempts(policy, 0).times),
    peakInOutagePer100ms: peak(outage.times),
    p99RecoveryMs: recovered === undefined ? null : Math.round(recovered - OUTAGE_MS),
  };
}

function attempts(policy: Policy, upAtMs: number): { times: number[]; backAt: number[] } {
  const dice = new Dice(1);
  const unit = () => dice.unit("herd");
  const times: number[] = [];
  const backAt: number[] = [];
  for (let client = 0; client < CLIENTS; client++) {
    const wait = policy();
    let now = unit() * DROPPED_WITHIN_MS;
    for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
      const delayMs = wait(tries, unit, now);
      if (delayMs === null) break;
      now += delayMs;
      times.push(now);
      if (now < upAtMs) continue;
      backAt.push(now);
      break;
    }
  }
  return { times, backAt };
}

function peak(times: readonly number[]): number {
  const buckets = new Map<number, number>();
  for (const time of times) {
    const bucket = Math.floor(time / BUCKET_MS);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return Math.max(...buckets.values());
}

const herds = Object.entries(policies).map(([name, policy]) => ({ name, ...run(policy) }));
if (process.argv.includes("--json")) console.log(JSON.stringify({ clients: CLIENTS, herds }));
else console.table(Object.fromEntries(herds.map(({ name, ...herd }) => [name, herd])));
