/** What is measured: each case peoples a server, lets something happen and asks what it has cost. */
import { setTimeout as delay } from "node:timers/promises";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { Bill, type Costs, difference, perUnit } from "./bill.ts";
import { scaledSettings } from "./cost-settings.ts";
import type { Device } from "./device.ts";
import type { Stand } from "./stand.ts";

export interface CostCase extends Costs {
  readonly name: string;
  /** What one of the figures is: a message, a page … */
  readonly per: string;
  /** Rows written at most, and what is hoped for. */
  readonly budget: number;
  readonly aim?: number;
  readonly about: string;
}

/** A case and how many times shorter than in use its durations are. */
export interface CostRun {
  readonly stand: Stand;
  readonly scale: number;
}

interface Pair {
  readonly users: readonly [string, string];
  readonly devices: readonly [readonly Device[], readonly Device[]];
  readonly bill: Bill;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const STEADY_MESSAGES = 60;
const BURST_MESSAGES = 100;
/** What the SDK puts into one frame. */
const FRAME_MESSAGES = 64;
const SINGLE_MESSAGES = 12;
/** Between single messages the clock shows 10 minutes more, and this much passes. */
const SINGLE_GAP_MS = 3_000;
const HEARTBEATS_PER_HOUR = 144;
const RECONNECTS = 10;
const CATCH_UP_ENTRIES = 10_000;

export async function steady(run: CostRun): Promise<CostCase> {
  const usage = await steadyUsage(run, 3);
  return {
    name: "direct-3x3-steady",
    per: "message",
    budget: 3.2,
    aim: 2.1,
    ...perUnit(usage, STEADY_MESSAGES),
    about: `one message a second for a minute, from either side in turn, at 1:${run.scale}`,
  };
}

/** As much as five devices on each side cost more than three, for each of the four. */
export async function extraDevice(run: CostRun): Promise<CostCase> {
  const three = await steadyUsage(run, 3);
  const five = await steadyUsage(run, 5);
  return {
    name: "extra-device",
    per: "message and device",
    budget: 0.1,
    ...difference(five, three, 4 * STEADY_MESSAGES),
    about: `direct-5x5-steady less direct-3x3-steady, at 1:${run.scale}`,
  };
}

async function steadyUsage(run: CostRun, devices: number) {
  await applySettings(run);
  const pair = await meet(run, devices);
  await pair.bill.start();
  for (let sent = 0; sent < STEADY_MESSAGES; sent += 1) {
    const nextAt = Date.now() + SECOND_MS / run.scale;
    speak(pair, sent % 2, 1);
    await delay(Math.max(0, nextAt - Date.now()));
  }
  await untilDelivered(pair);
  const usage = await settle(run, pair);
  await part(pair);
  return usage;
}

export async function burst(run: CostRun): Promise<CostCase> {
  await applySettings(run);
  const pair = await meet(run, 3);
  await pair.bill.start();
  for (const side of [0, 1]) {
    for (const count of burstFrames()) speak(pair, side, count);
    await untilDelivered(pair);
    await settle(run, pair);
  }
  const usage = await settle(run, pair);
  await part(pair);
  return {
    name: "direct-3x3-burst100",
    per: "message",
    budget: 2.2,
    aim: 2,
    ...perUnit(usage, 2 * BURST_MESSAGES),
    about: `100 at once from either side, the first alone, then ${FRAME_MESSAGES} to a frame`,
  };
}

function burstFrames(): number[] {
  return [1, FRAME_MESSAGES, BURST_MESSAGES - 1 - FRAME_MESSAGES];
}

export async function single(run: CostRun): Promise<CostCase> {
  await run.stand.change(scaledSettings(run.scale, (10 * MINUTE_MS) / SINGLE_GAP_MS));
  const pair = await meet(run, 3);
  await pair.bill.start();
  let usage = await settle(run, pair);
  for (let sent = 0; sent < SINGLE_MESSAGES; sent += 1) {
    const nextAt = Date.now() + SINGLE_GAP_MS;
    speak(pair, sent % 2, 1);
    await untilDelivered(pair);
    usage = await settle(run, pair);
    for (const user of pair.users) await run.stand.server.hibernate("UserObject", user);
    await delay(Math.max(0, nextAt - Date.now()));
  }
  await part(pair);
  return {
    name: "direct-3x3-single",
    per: "message",
    budget: 6,
    aim: 4,
    ...perUnit(usage, SINGLE_MESSAGES),
    about:
      `10 minutes apart, both objects hibernate in between; delays at 1:${run.scale}, ` +
      `10 minutes in ${SINGLE_GAP_MS / 1_000} s`,
  };
}

export async function idleHour(run: CostRun): Promise<CostCase> {
  await applySettings(run);
  const pair = await meet(run, 3);
  await pair.bill.start();
  const devices = pair.devices.flat();
  for (let beat = 1; beat <= HEARTBEATS_PER_HOUR; beat += 1) {
    for (const device of devices) device.ping();
    await Promise.all(devices.map((one) => one.until(() => one.pongs >= beat, "pong")));
  }
  const usage = await settle(run, pair);
  await part(pair);
  return {
    name: "idle-hour",
    per: "device and hour",
    budget: 0,
    ...perUnit(usage, devices.length),
    about: `${HEARTBEATS_PER_HOUR} heartbeats of each of 6 devices, one after the other`,
  };
}

export async function reconnect(run: CostRun): Promise<CostCase> {
  await applySettings(run);
  const pair = await meet(run, 3);
  await pair.bill.start();
  let [device] = pair.devices[0];
  for (let round = 0; round < RECONNECTS && device !== undefined; round += 1) {
    const { user, ticket, cursor, counter } = device;
    await device.close();
    device = await run.stand.reconnect(user, ticket, { cursor, counter });
    // One round trip: hello was all that it had to say.
    if (device.framesSent !== 1) throw new Error("a reconnect took more than one frame");
  }
  const usage = await settle(run, pair);
  await device?.close();
  return {
    name: "reconnect-clean",
    per: "reconnect",
    budget: 2,
    ...perUnit(usage, RECONNECTS),
    about: "a socket closed and opened anew with nothing missed; one round trip after it opens",
  };
}

export async function catchUp(run: CostRun): Promise<CostCase> {
  await applySettings(run);
  const { stand } = run;
  const [alice, bob] = [stand.newUser("alice"), stand.newUser("bob")];
  const sender = await stand.connect(alice, "device-1");
  for (let sent = 0; sent < CATCH_UP_ENTRIES; sent += FRAME_MESSAGES) {
    sender.say(bob, Math.min(FRAME_MESSAGES, CATCH_UP_ENTRIES - sent));
    await sender.until(() => sender.accepted === sender.counter, "accepted");
  }
  const bill = new Bill(stand, [alice, bob]);
  await bill.settle(quietMs(run));
  await bill.start();
  const device = await stand.connect(bob, "device-1");
  await device.until(() => device.messages === CATCH_UP_ENTRIES, "all entries");
  const usage = await bill.settle(quietMs(run));
  await Promise.all([sender.close(), device.close()]);
  return {
    name: "catchup-10k",
    per: "page",
    budget: 1,
    ...perUnit(usage, device.pages),
    about: `${CATCH_UP_ENTRIES} entries in ${device.pages} pages, the connect included`,
  };
}

function applySettings({ stand, scale }: CostRun): Promise<void> {
  return stand.change(scaledSettings(scale));
}

/** Two people online with so many devices each, who have spoken before. */
async function meet(run: CostRun, count: number): Promise<Pair> {
  const { stand } = run;
  const users = [stand.newUser("alice"), stand.newUser("bob")] as const;
  const connect = (user: string) =>
    Promise.all(Array.from({ length: count }, (_, i) => stand.connect(user, `device-${i + 1}`)));
  const devices = [await connect(users[0]), await connect(users[1])] as const;
  const pair = { users, devices, bill: new Bill(stand, users) };
  for (const side of [0, 1]) speak(pair, side, 1);
  await untilDelivered(pair);
  await settle(run, pair);
  return pair;
}

/** The first device of one side says so many things in one frame. */
function speak({ users, devices }: Pair, side: number, count: number): void {
  const other = users[1 - side];
  if (other !== undefined) devices[side]?.[0]?.say(other, count);
}

/** Everyone has everything, and each sender knows that it was delivered. */
async function untilDelivered({ devices }: Pair): Promise<void> {
  const said = devices.map(([first]) => first?.counter ?? 0);
  const total = (said[0] ?? 0) + (said[1] ?? 0);
  for (const [side, own] of devices.entries()) {
    const others = said[1 - side] ?? 0;
    for (const [index, device] of own.entries()) {
      await device.until(() => device.messages >= others, "messages");
      if (index === 0) {
        const mine = said[side] ?? 0;
        await device.until(() => device.accepted >= mine, "accepted");
      }
      if (others < total) await device.until(() => device.delivered > 0, "receipt");
    }
  }
}

function settle(run: CostRun, pair: Pair) {
  return pair.bill.settle(quietMs(run));
}

/** Longer than anything that is still to come: the retry delay, its jitter, the safety alarm. */
function quietMs({ scale }: CostRun): number {
  return (1.5 * DEFAULT_SETTINGS.safetyAlarmMs) / scale;
}

async function part({ devices }: Pair): Promise<void> {
  await Promise.all(devices.flat().map((device) => device.close()));
}
