/** What the bench runs on: Holdfast or the floor, driven by the same device. */
import { socketUrlOf } from "../../test/support/accounts.ts";
import { Device, type DeviceOptions } from "./device.ts";
import { Stand } from "./stand.ts";

export type ConnectOptions = Omit<DeviceOptions, "socketUrl" | "user" | "ticket">;

export interface Track {
  readonly name: "holdfast" | "floor";
  readonly stand: Stand;
  connect(user: string, device: string, options?: ConnectOptions): Promise<Device>;
  reconnect(device: Device): Promise<Device>;
}

export async function holdfastTrack(entry: string): Promise<Track> {
  const stand = await Stand.open(entry);
  await stand.change({
    connectsPerMinute: 1_000_000,
    rateBurst: 1_000_000,
    ratePerSecond: 1_000_000,
  });
  return {
    name: "holdfast",
    stand,
    connect: (user, device, options) => stand.connect(user, device, options),
    reconnect: ({ user, ticket, cursor, counter }) =>
      stand.reconnect(user, ticket, { cursor, counter }),
  };
}

/** Two bare objects: what the platform itself takes. */
export async function floorTrack(): Promise<Track> {
  const stand = await Stand.open("scripts/measure/floor-worker.js");
  const socketUrl = (user: string) => `${socketUrlOf(stand.server.url)}?user=${user}`;
  return {
    name: "floor",
    stand,
    connect: (user, _device, options = {}) =>
      Device.connect({ socketUrl: socketUrl(user), user, ticket: "none", ...options }),
    reconnect: ({ user, cursor, counter }) =>
      Device.connect({ socketUrl: socketUrl(user), user, ticket: "none", cursor, counter }),
  };
}
