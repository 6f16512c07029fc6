/** Who plays: people with devices on a stage, and what they say to each other. */
import { setTimeout as delay } from "node:timers/promises";
import { memoryStore } from "../../client/memory-store.ts";
import { directConversation } from "../../protocol/names.ts";
import type { FaultProxyOptions } from "../proxy/fault-proxy.ts";
import { signIn, socketUrlOf, ticketFor } from "./accounts.ts";
import type { Device } from "./device.ts";
import { FrameDevice } from "./frame-device.ts";
import type { History } from "./history.ts";
import type { Dice } from "./random.ts";
import { SdkDevice } from "./sdk-device.ts";
import type { ReachedDevice, Stage } from "./stage.ts";

export type MakeDevice<Kind extends Device = Device> = (
  user: string,
  label: string,
) => (url: string, history: History) => Kind;

export type Rules = Omit<FaultProxyOptions, "upstreamPort">;

/** A device on bare frames; `label` makes its id. */
export const frameDevice: MakeDevice<FrameDevice> = (user, label) =>
  frameDeviceOf(user, label, 200);

/** One of many: it spreads its attempts over two seconds, as a crowd of clients must. */
export const crowdDevice: MakeDevice<FrameDevice> = (user, label) =>
  frameDeviceOf(user, label, 2_000);

const frameDeviceOf =
  (user: string, label: string, retryMs: number) => (url: string, history: History) => {
    const device = `${label}-device`;
    let token: string | undefined;
    const ticket = async () => {
      token ??= await signIn(url, user);
      return ticketFor(url, token, device);
    };
    return new FrameDevice({ user, device, socketUrl: socketUrlOf(url), ticket, history, retryMs });
  };

/** A device with the real SDK, which forgets everything when the test ends. */
export const sdkDevice: MakeDevice<SdkDevice> = (user, label) => (url, history) =>
  new SdkDevice({ user, label, url, history, store: memoryStore() });

export interface Cast<Kind extends Device = Device> {
  readonly conversation: string;
  readonly people: readonly [string, string];
  /** Of the first person, then of the second. */
  readonly devices: readonly ReachedDevice<Kind>[];
}

const LABELS = ["phone", "laptop"] as const;

/** Two people with two devices each, new to the server, in one conversation. */
export async function twoByTwo<Kind extends Device>(
  stage: Stage,
  name: string,
  make: MakeDevice<Kind>,
  rulesOf: (user: string, label: string) => Rules = () => ({}),
): Promise<Cast<Kind>> {
  const people = [`${name}-alice`, `${name}-bob`] as const;
  const conversation = directConversation(...people);
  const devices: ReachedDevice<Kind>[] = [];
  for (const user of people) {
    for (const label of LABELS) {
      devices.push(await stage.add(make(user, label), [conversation], rulesOf(user, label)));
    }
  }
  return { conversation, people, devices };
}

export interface Pace {
  readonly maxBurst: number;
  readonly maxPauseMs: number;
  /** While this is so, nobody says anything more. */
  readonly isHeldBack?: () => boolean;
}

/** Sends in bursts and pauses, so that faults meet single frames, full frames and idle sockets. */
export async function chatter(
  device: Device,
  conversation: string,
  dice: Dice,
  pace: Pace,
  goesOn: (sent: number) => boolean,
): Promise<void> {
  const own = dice.split(device.name);
  for (let sent = 0; goesOn(sent); ) {
    for (let left = own.between("burst", 1, pace.maxBurst); left > 0 && goesOn(sent); left -= 1) {
      sent += 1;
      await device.send(conversation, `${device.name} ${sent}`);
    }
    do await delay(own.between("pause", 0, pace.maxPauseMs));
    while (pace.isHeldBack?.() && goesOn(sent));
  }
}

/** All devices of a cast at once. */
export async function allChatter(
  cast: Cast,
  dice: Dice,
  pace: Pace,
  goesOn: (sent: number) => boolean,
): Promise<void> {
  await Promise.all(
    cast.devices.map(({ device }) => chatter(device, cast.conversation, dice, pace, goesOn)),
  );
}
