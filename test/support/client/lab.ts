import { CoreClient, type CoreOptions } from "../../../client/client.ts";
import { loadParts } from "../../../client/engine/parts.ts";
import { memoryStore } from "../../../client/memory-store.ts";
import type { Tabs } from "../../../client/ports.ts";
import type { ClientStore } from "../../../client/store.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakePlatform } from "./fake-platform.ts";
import { FakeServer } from "./fake-server.ts";

// On the fake clock nothing is waited for; what loading takes is shown by `client/parts`.
await loadParts();

export const TALK = "direct:alice,bob";
export const OTHER_TALK = "direct:alice,carol";

export interface LabOptions extends Partial<CoreOptions> {
  readonly kind?: "page" | "headless";
  readonly tabs?: Tabs;
  readonly server?: FakeServer;
  readonly clock?: FakeClock;
}

/** A client of alice's with a fake world around it. */
export function lab(options: LabOptions = {}) {
  const { kind, tabs, clock = new FakeClock(), ...rest } = options;
  const { server = new FakeServer("alice", () => clock.now()), ...clientOptions } = rest;
  const runtime = {
    ...(kind === undefined ? {} : { kind }),
    ...(tabs === undefined ? {} : { tabs }),
  };
  const platform = new FakePlatform(server, clock, runtime);
  const store: ClientStore = options.store ?? memoryStore();
  const make = () =>
    new CoreClient({
      url: "https://chat.test",
      token: async () => "token",
      user: "alice",
      platform,
      ...clientOptions,
      store,
    });
  const client = make();
  const parts = { client, server, platform, clock, store, make };
  return {
    ...parts,
    /** Connected and caught up. */
    async started() {
      await client.connect();
      await clock.advance(10);
      return parts;
    },
  };
}
