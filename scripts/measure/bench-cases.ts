/** Speed: from sending until the other side's device has it and the sender has been answered. */
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import type { Device } from "./device.ts";
import type { Track } from "./track.ts";

export interface Speed {
  readonly messagesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Figures {
  readonly oneAtATime: Speed;
  /** 64 in flight: in one frame, and each in a frame of its own. */
  readonly frameOf64: Speed;
  readonly framesOf1: Speed;
  readonly catchUp10kMs: number;
  /** From asking for a socket until a device has what it missed while it was away. */
  readonly reconnectMs: number;
}

export interface Pair {
  readonly sender: Device;
  readonly recipient: Device;
}

const IN_FLIGHT = 64;
const CATCH_UP_ENTRIES = 10_000;

export async function meet({ name, stand, connect }: Track): Promise<Pair> {
  const sender = await connect(stand.newUser(`${name}-alice`), "device-1");
  const recipient = await connect(stand.newUser(`${name}-bob`), "device-1");
  return { sender, recipient };
}

export async function part({ sender, recipient }: Pair): Promise<void> {
  await Promise.all([sender.close(), recipient.close()]);
}

/** So many rounds of so many messages; a round begins when the one before it is through. */
export async function rounds(pair: Pair, count: number, say: () => void): Promise<Speed> {
  const took: number[] = [];
  const firstCounter = pair.sender.counter;
  const startedAt = performance.now();
  for (let round = 0; round < count; round += 1) {
    const sentAt = performance.now();
    say();
    await untilThrough(pair);
    took.push(performance.now() - sentAt);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const messages = pair.sender.counter - firstCounter;
  took.sort((a, b) => a - b);
  return {
    messagesPerSecond: Math.round(messages / seconds),
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
  };
}

export function oneAtATime(pair: Pair, count: number): Promise<Speed> {
  return rounds(pair, count, () => pair.sender.say(pair.recipient.user));
}

export function frameOf64(pair: Pair, count: number): Promise<Speed> {
  return rounds(pair, count, () => pair.sender.say(pair.recipient.user, IN_FLIGHT));
}

export function framesOf1(pair: Pair, count: number): Promise<Speed> {
  return rounds(pair, count, () => {
    for (let sent = 0; sent < IN_FLIGHT; sent += 1) pair.sender.say(pair.recipient.user);
  });
}

/** A device that comes with nothing, while 10,000 entries are there. */
export async function catchUp(track: Track): Promise<number> {
  const { stand, connect } = track;
  const recipient = stand.newUser("bob");
  const sender = await connect(stand.newUser("alice"), "device-1");
  for (let sent = 0; sent < CATCH_UP_ENTRIES; sent += IN_FLIGHT) {
    sender.say(recipient, Math.min(IN_FLIGHT, CATCH_UP_ENTRIES - sent));
    await sender.until(() => sender.accepted === sender.counter, "accepted");
  }
  const startedAt = performance.now();
  const device = await connect(recipient, "device-1");
  await device.until(() => device.messages === CATCH_UP_ENTRIES, "all entries");
  const tookMs = performance.now() - startedAt;
  await Promise.all([sender.close(), device.close()]);
  return tookMs;
}

/** Median over some rounds. */
export async function reconnect(track: Track, count: number): Promise<number> {
  const pair = await meet(track);
  let { recipient } = pair;
  const took: number[] = [];
  for (let round = 0; round < count; round += 1) {
    await recipient.close();
    pair.sender.say(recipient.user);
    await pair.sender.until(() => pair.sender.accepted === pair.sender.counter, "accepted");
    const startedAt = performance.now();
    recipient = await track.reconnect(recipient);
    await recipient.until(() => recipient.messages === 1, "what it missed");
    took.push(performance.now() - startedAt);
  }
  await part({ sender: pair.sender, recipient });
  return quantile(
    took.sort((a, b) => a - b),
    0.5,
  );
}

/** How much later than planned a lost push has been repeated; median over some rounds. */
export async function retry({ stand, connect }: Track, delayMs: number, count: number) {
  const strategies = { default: { kind: "fixed", delayMs } } as const;
  const { retry: known, safetyAlarmMs } = DEFAULT_SETTINGS;
  await stand.change({
    retry: { ...known, strategies, jitter: 0 },
    safetyAlarmMs: Math.min(safetyAlarmMs, delayMs),
  });
  const took: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const sender = await connect(stand.newUser("alice"), "device-1");
    const recipient = await connect(stand.newUser("bob"), "device-1", { losesFirst: true });
    const sentAt = performance.now();
    sender.say(recipient.user);
    await recipient.until(() => recipient.messages === 1, "the retry");
    took.push(performance.now() - sentAt);
    await part({ sender, recipient });
  }
  return quantile(
    took.sort((a, b) => a - b),
    0.5,
  );
}

async function untilThrough({ sender, recipient }: Pair): Promise<void> {
  await Promise.all([
    sender.until(() => sender.accepted === sender.counter, "accepted"),
    recipient.until(() => recipient.messages === sender.counter, "messages"),
  ]);
}

export function quantile(sorted: readonly number[], share: number): number {
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Number((sorted[at] ?? 0).toFixed(3));
}
