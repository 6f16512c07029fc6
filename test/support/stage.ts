/**
 * A real server on a disk of its own, and devices that each reach it through a fault proxy of their
 * own. The history hears of everything; whoever breaks something says so to it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { SettingsPatch } from "../../protocol/settings.ts";
import { FaultProxy, type FaultProxyOptions } from "../proxy/fault-proxy.ts";
import { changeSettings } from "./accounts.ts";
import type { Device } from "./device.ts";
import { History, type Verdict } from "./history.ts";
import { startServer, type TestServer } from "./server.ts";

/** Limits out of the way, and retries so quick that a test sees them. */
export const FAST: SettingsPatch = {
  connectsPerMinute: 1_000_000,
  rateBurst: 1_000_000,
  ratePerSecond: 1_000_000,
  retry: {
    strategies: { default: { kind: "fixed", delayMs: 500 } },
    maxAttempts: 32,
    ttlMs: 86_400_000,
    jitter: 0.2,
  },
  handOffTimeoutMs: 1_000,
  handOffDelaysMs: [100, 200, 400, 800],
  safetyAlarmMs: 500,
};

export interface ReachedDevice<Kind extends Device = Device> {
  readonly device: Kind;
  readonly proxy: FaultProxy;
}

type ProxyRules = Omit<FaultProxyOptions, "upstreamPort">;

export class Stage {
  readonly server: TestServer;
  readonly #directory: string;
  #history = new History();
  #reached: ReachedDevice[] = [];
  #isStarting: Promise<void> | undefined;

  private constructor(server: TestServer, directory: string) {
    this.server = server;
    this.#directory = directory;
  }

  /** `entry`: another build than the current one. */
  static async open(settings: SettingsPatch = FAST, entry?: string): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), "holdfast-stage-"));
    const server = await startServer({
      persistTo: directory,
      vars: { DEV_SIGN_IN: "on" },
      ...(entry === undefined ? {} : { entry }),
    });
    await changeSettings(server.url, settings);
    return new Stage(server, directory);
  }

  get history(): History {
    return this.#history;
  }

  get devices(): readonly ReachedDevice[] {
    return this.#reached;
  }

  /** A file of this stage, gone with it. */
  file(name: string): string {
    return join(this.#directory, name);
  }

  /** A device behind a proxy, started. It is to have every message of these conversations. */
  async add<Kind extends Device>(
    make: (url: string, history: History) => Kind,
    conversations: readonly string[],
    rules: ProxyRules = {},
  ): Promise<ReachedDevice<Kind>> {
    const proxy = await FaultProxy.listen({ ...rules, upstreamPort: () => this.server.port });
    const device = make(proxy.url, this.#history);
    this.#history.addDevice(device.name, conversations);
    const reached = { device, proxy };
    this.#reached.push(reached);
    await device.start();
    return reached;
  }

  /** SIGKILL; the process is dead when this returns, its successor serves when it resolves. */
  kill(): Promise<void> {
    this.#isStarting ??= this.#restart(this.#history.fault());
    return this.#isStarting;
  }

  async #restart(heal: () => void): Promise<void> {
    try {
      await this.server.killWorkerd();
    } finally {
      this.#isStarting = undefined;
      heal();
    }
    for (const { device } of this.#reached) device.reconnect();
  }

  /** Waits until all that was sent is answered and where it belongs, or until it is too late. */
  async settle(withinMs: number): Promise<Verdict> {
    const deadline = Date.now() + withinMs;
    while (this.#history.underWay().length > 0 && Date.now() < deadline) {
      for (const { device } of this.#reached) device.reconnect();
      await delay(50);
    }
    return this.#history.verdict();
  }

  /** Ends all devices; the next case begins with an empty history on the same server. */
  async clear(): Promise<void> {
    await Promise.all(this.#reached.map(({ device }) => device.stop()));
    await Promise.all(this.#reached.map(({ proxy }) => proxy.close()));
    this.#reached = [];
    this.#history = new History();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.server.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
