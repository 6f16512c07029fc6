import { type Answer, ask, at, listAt, numberAt, textAt } from "./ask.ts";

/** One device of the user, as the server knows it. */
export interface DeviceInfo {
  readonly device: string;
  readonly name: string;
  readonly platform: string;
  /** Ms since 1970. */
  readonly seenAt: number;
  readonly online: boolean;
  /** Entries that it has not acked. */
  readonly behind: number;
}

export function listDevices(token: string): Promise<Answer<readonly DeviceInfo[]>> {
  return ask("/v1/devices", (body) => listAt(body, "devices").flatMap(readDevice), { token });
}

export function revokeDevice(device: string, token: string): Promise<Answer<true>> {
  return ask(`/v1/devices/${device}`, () => true, { method: "DELETE", token });
}

function readDevice(row: unknown): DeviceInfo[] {
  const device = textAt(row, "device");
  if (device === undefined) return [];
  return [
    {
      device,
      name: textAt(row, "name") ?? "",
      platform: textAt(row, "platform") ?? "",
      seenAt: numberAt(row, "seenAt") ?? 0,
      online: at(row, "online") === true,
      behind: Math.max(0, numberAt(row, "behind") ?? 0),
    },
  ];
}
