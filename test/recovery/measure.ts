/** One interruption of one device with the real SDK, on the clock. */
import { setTimeout as delay } from "node:timers/promises";
import { directConversation } from "../../protocol/names.ts";
import { type Passing, passAll } from "../proxy/rules.ts";
import { sdkDevice } from "../support/cast.ts";
import type { SdkDevice } from "../support/sdk-device.ts";
import type { Stage } from "../support/stage.ts";
import type { Cause } from "./causes.ts";

export interface Recovery {
  readonly name: string;
  /** From the end of the fault until something comes in on a live connection. */
  readonly toLiveMs: number;
  /** From the end of the fault until every message of that time is where it belongs. */
  readonly toLastStoredMs: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Connections beside the first: on a link that is only slow there are none. */
  readonly reconnects: number;
  /** Entries that the server pushed again. */
  readonly retriedPushes: number;
}

const SEND_EVERY_MS = 100;
const BEFORE_MS = 1_000;
const GIVE_UP_MS = 120_000;

/** What passes the proxy, as far as it tells about the device's state. */
class Observer {
  hellos = 0;
  retriedPushes = 0;
  lastDownAt = 0;

  readonly before = ({ text }: Passing): void => {
    if (text.startsWith('{"t":"hello"')) this.hellos += 1;
    if (text.startsWith('{"t":"entries","route":"retry"')) this.retriedPushes += 1;
  };

  readonly after = ({ direction }: Passing): void => {
    if (direction === "down") this.lastDownAt = performance.now();
  };
}

export async function measure(stage: Stage, cause: Cause, round: string): Promise<Recovery> {
  const users = [`${round}-sender`, `${round}-device`] as const;
  const conversation = directConversation(...users);
  const seen = new Observer();
  const sender = await stage.addDirect(sdkDevice(users[0], "phone"), [conversation]);
  const { device, proxy } = await stage.add(sdkDevice(users[1], "phone"), [conversation], {
    rule: cause.rule ?? passAll,
    beforeFrame: seen.before,
    afterFrame: seen.after,
  });
  for (const direction of ["up", "down"] as const) proxy.shape(direction, cause.shape ?? {});
  await until(() => isLive(sender) && isLive(device));
  const { hellos } = seen;

  const talking = new AbortController();
  const talk = [sender, device].map((one) => keepTalking(one, conversation, talking.signal));
  await delay(BEFORE_MS);
  await cause.strike(stage, proxy);
  const overAt = performance.now();
  talking.abort();
  await Promise.all(talk);

  await until(() => isLive(device) && seen.lastDownAt > overAt);
  const toLiveMs = performance.now() - overAt;
  await until(() => stage.history.underWay().length === 0);
  const toLastStoredMs = performance.now() - overAt;
  const { lost, duplicated, reordered } = stage.history.verdict();
  await stage.clear();
  return {
    name: cause.name,
    toLiveMs: Math.round(toLiveMs),
    toLastStoredMs: Math.round(toLastStoredMs),
    lost,
    duplicated,
    reordered,
    reconnects: seen.hellos - hellos,
    retriedPushes: seen.retriedPushes,
  };
}

/** Times by the median, faults by their sum. */
export function summary(rounds: readonly Recovery[]): Recovery {
  const sum = (count: (one: Recovery) => number) =>
    rounds.reduce((total, one) => total + count(one), 0);
  return {
    name: rounds[0]?.name ?? "",
    toLiveMs: median(rounds.map(({ toLiveMs }) => toLiveMs)),
    toLastStoredMs: median(rounds.map(({ toLastStoredMs }) => toLastStoredMs)),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    reordered: sum(({ reordered }) => reordered),
    reconnects: sum(({ reconnects }) => reconnects),
    retriedPushes: sum(({ retriedPushes }) => retriedPushes),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function isLive({ client }: SdkDevice): boolean {
  return client.connection.get().state.kind === "live";
}

async function keepTalking(
  device: SdkDevice,
  conversation: string,
  until: AbortSignal,
): Promise<void> {
  for (let count = 1; !until.aborted; count += 1) {
    await device.send(conversation, `${device.name} ${count}`);
    await delay(SEND_EVERY_MS);
  }
}

/** By polling, so that the devices' own waiting is left alone. Gives up for the verdict to tell. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (!isSo() && performance.now() < deadline) await delay(5);
}
