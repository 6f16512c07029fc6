/** What interrupts a device, and when the interruption is over. */
import { setTimeout as delay } from "node:timers/promises";
import type { FaultProxy } from "../proxy/fault-proxy.ts";
import type { LaneShape } from "../proxy/lane.ts";
import { type Direction, passAll, type Rates, type Rule, seeded } from "../proxy/rules.ts";
import { unit } from "../support/random.ts";
import type { Stage } from "../support/stage.ts";

export interface Cause {
  readonly name: string;
  /** How the link is all along; by default perfect. */
  readonly rule?: Rule;
  readonly shape?: LaneShape;
  /** Slow and nothing worse: no link may be taken for dead, and nothing pushed again. */
  readonly isHarmless?: boolean;
  /** Resolves when nothing stands in the way any more. */
  readonly strike: (stage: Stage, proxy: FaultProxy) => Promise<void>;
}

const OUTAGE_MS = 8_000;
const SHORT_OUTAGE_MS = 1_500;
const STALL_MS = 30_000;
const OVERSEAS_SEED = 7;
const FRAMES_SEED = 11;
const FRAME_FAULTS = 0.1;

/** Round trip 300 ± 100 ms; one frame in fifty waits for a repeated packet. */
const overseas: Rule = ({ direction, n }) => {
  const share = unit(OVERSEAS_SEED, `delay.${direction}`, n);
  const isStalled = unit(OVERSEAS_SEED, `stall.${direction}`, n) < 0.02;
  return { kind: "delay", delayMs: Math.round(100 + 100 * share + (isStalled ? 1_000 : 0)) };
};

async function cutFor(proxy: FaultProxy, outageMs: number): Promise<void> {
  proxy.cut();
  await delay(outageMs);
  proxy.restore();
}

/** Old connections pass nothing this way any more; nobody is told. */
function halfOpen(direction: Direction): Cause["strike"] {
  return async (_, proxy) => {
    for (const socket of proxy.sockets) socket.blackHole(direction);
    // Long enough for a message to be lost on the way that is closed.
    await delay(SHORT_OUTAGE_MS);
  };
}

/** One frame in ten of either direction, for a while. */
function frameFaults(rates: Rates): Cause["strike"] {
  return async (_, proxy) => {
    proxy.rule = seeded(FRAMES_SEED, "recovery", rates);
    await delay(OUTAGE_MS);
    proxy.rule = passAll;
  };
}

export const CAUSES: readonly Cause[] = [
  // Not by the stage, which would cut the devices' waiting short.
  { name: "server killed", strike: (stage) => stage.server.killWorkerd() },
  { name: "connection reset", strike: async (_, proxy) => proxy.dropAll() },
  {
    name: "FIN without close frame",
    strike: async (_, proxy) => {
      for (const socket of proxy.sockets) socket.fin();
    },
  },
  {
    name: `no network for ${SHORT_OUTAGE_MS / 1_000} s`,
    strike: (_, proxy) => cutFor(proxy, SHORT_OUTAGE_MS),
  },
  {
    name: `no network for ${OUTAGE_MS / 1_000} s`,
    strike: (_, proxy) => cutFor(proxy, OUTAGE_MS),
  },
  {
    name: "silent NAT drop",
    // Old connections are dead for good, new ones work: it is over at once, if it is noticed.
    strike: async (_, proxy) => {
      for (const socket of proxy.sockets) {
        socket.blackHole("up");
        socket.blackHole("down");
      }
    },
  },
  { name: "half-open: nothing gets out", strike: halfOpen("up") },
  { name: "half-open: nothing comes in", strike: halfOpen("down") },
  {
    name: `everything stalls for ${STALL_MS / 1_000} s`,
    strike: async (_, proxy) => {
      const { sockets } = proxy;
      for (const socket of sockets) for (const way of ["up", "down"] as const) socket.hold(way);
      await delay(STALL_MS);
      for (const socket of sockets) for (const way of ["up", "down"] as const) socket.release(way);
    },
  },
  { name: "frames dropped", strike: frameFaults({ drop: FRAME_FAULTS }) },
  { name: "frames doubled", strike: frameFaults({ duplicate: FRAME_FAULTS }) },
  {
    name: "overseas: 300 ± 100 ms, 2 % stalled, 50 KB/s",
    rule: overseas,
    shape: { bytesPerSecond: 50_000 },
    isHarmless: true,
    strike: () => delay(OUTAGE_MS),
  },
];
