import type { Platform } from "../../client/index.ts";

/**
 * The same browser as a further device: a store, a leader and a channel of its own, so that one
 * machine can show what happens between two devices.
 */
export function inSlot(platform: Platform, slot: string): Platform {
  const name = (base: string) => `${base} device ${slot}`;
  const { tabs } = platform;
  return {
    ...platform,
    openStore: (base) => platform.openStore(name(base)),
    ...(tabs !== undefined && {
      tabs: {
        lead: (base, onLead, onLost, force) => tabs.lead(name(base), onLead, onLost, force),
        channel: (base, onMessage) => tabs.channel(name(base), onMessage),
      },
    }),
  };
}
