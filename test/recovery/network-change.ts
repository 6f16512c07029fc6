/** How soon a device is live again when its network changes, by what becomes of its socket. */
import { setTimeout as delay } from "node:timers/promises";
import { HoldfastClient } from "../../client/index.ts";
import { memoryStore } from "../../client/memory-store.ts";
import { nodePlatform } from "../../client/platform/node.ts";
import { signIn } from "../support/accounts.ts";
import { MovingNetwork } from "./moving-network.ts";

export interface NetworkChange {
  readonly name: string;
  readonly changes: number;
  /** From the event that tells of the network until the device is live on it. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

type Move = (network: MovingNetwork) => Promise<void>;

const ROUND_TRIP_MS = 50;
const DEVICES = 25;
const ROUNDS = 4;
/** A connection that lived shorter is not taken for stable, and its end not for the first. */
const STABLE_MS = 10_500;
const SPREAD_MS = 2_000;
const AWAY_MS = 1_000;
const SOON_MS = 20;

/** Each resolves right before the event from which the time counts. */
export const MOVES: Readonly<Record<string, Move>> = {
  "network change: away and back": async (network) => {
    network.tell({ kind: "offline" });
    network.silence();
    await delay(AWAY_MS);
    setImmediate(() => network.tell({ kind: "online" }));
  },
  "network change: sockets closed before it is told": async (network) => {
    network.reset();
    await delay(SOON_MS);
    setImmediate(() => network.tell({ kind: "changed", to: "wifi" }));
  },
  "network change: sockets closed after it is told": async (network) => {
    setImmediate(() => network.tell({ kind: "changed", to: "wifi" }));
    setTimeout(() => network.reset(), SOON_MS);
  },
  "network change: sockets silent": async (network) => {
    network.silence();
    setImmediate(() => network.tell({ kind: "changed", to: "wifi" }));
  },
};

export async function measureNetworkChange(
  url: string,
  name: string,
  move: Move,
): Promise<NetworkChange> {
  const devices = Array.from({ length: DEVICES }, (_, index) => deviceMoves(url, index, move));
  const took = (await Promise.all(devices)).flat().sort((a, b) => a - b);
  const at = (share: number) => Math.round(took[Math.floor(share * took.length)] ?? 0);
  return { name, changes: took.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function deviceMoves(url: string, index: number, move: Move): Promise<number[]> {
  const network = new MovingNetwork(nodePlatform(), ROUND_TRIP_MS);
  const user = `moving-${index}`;
  const client = new HoldfastClient({
    url,
    user,
    token: () => signIn(url, user),
    platform: network.platform,
    store: memoryStore(),
  });
  const took: number[] = [];
  const live = nextLive(client);
  await client.connect();
  await live;
  await delay((index / DEVICES) * SPREAD_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    await delay(STABLE_MS);
    const again = nextLive(client);
    await move(network);
    const toldAt = performance.now();
    await again;
    took.push(performance.now() - toldAt);
  }
  await client.close();
  return took;
}

/** Resolves when it is live after it was not. */
function nextLive(client: HoldfastClient): Promise<void> {
  return new Promise((resolve) => {
    let wasLost = client.connection.get().state.kind !== "live";
    const end = client.connection.subscribe(() => {
      const isLive = client.connection.get().state.kind === "live";
      wasLost ||= !isLive;
      if (!isLive || !wasLost) return;
      end();
      resolve();
    });
  });
}
