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
import { BUILT, startServer, type TestServer } from "./server.ts";

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
  // Who gets through for the first time after a thousand entries is to have them all the same.
  freshEntries: 1_000_000,
};

export interface ReachedDevice<Kind extends Device = Device> {
  readonly device: Kind;
  readonly proxy: FaultProxy;
}

type ProxyRules = Omit<FaultProxyOptions, "upstreamPort">;

export class Stage {
  readonly server: TestServer;
  /** The build that it began with. */
  readonly entry: string;
  readonly #directory: string;
  #history = new History();
  #devices: Device[] = [];
  #proxies: FaultProxy[] = [];
  #isStarting: Promise<void> | undefined;

  private constructor(server: TestServer, entry: string, directory: string) {
    this.server = server;
    this.entry = entry;
    this.#directory = directory;
  }

  /** `entry`: another build than the current one. */
  static async open(settings: SettingsPatch = FAST, entry: string = BUILT): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), "holdfast-stage-"));
    const vars = { DEV_SIGN_IN: "on" };
    const server = await startServer({ persistTo: directory, vars, entry });
    await changeSettings(server.url, settings);
    return new Stage(server, entry, directory);
  }

  get history(): History {
    return this.#history;
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
    const device = await this.#addAt(proxy.url, make, conversations);
    this.#proxies.push(proxy);
    return { device, proxy };
  }

  /** A device that reaches the server directly: for crowds. */
  addDirect<Kind extends Device>(
    make: (url: string, history: History) => Kind,
    conversations: readonly string[],
  ): Promise<Kind> {
    return this.#addAt(this.server.url, make, conversations);
  }

  async #addAt<Kind extends Device>(
    url: string,
    make: (url: string, history: History) => Kind,
    conversations: readonly string[],
  ): Promise<Kind> {
    const device = make(url, this.#history);
    this.#history.addDevice(device.name, conversations);
    this.#devices.push(device);
    await device.start();
    return device;
  }

  /** SIGKILL; the process is dead when this returns, its successor serves when it resolves. */
  kill(): Promise<void> {
    this.#isStarting ??= this.#restart(this.#history.fault());
    return this.#isStarting;
  }

  /** Another build takes over: everybody is dropped, and comes back to it. */
  async deploy(entry: string): Promise<void> {
    const heal = this.#history.fault();
    await this.server.deploy(entry);
    heal();
    this.#wakeAll();
  }

  /** The objects of these users go to sleep at once, under their open sockets. */
  async hibernate(users: readonly string[]): Promise<void> {
    const heal = this.#history.fault();
    await Promise.all(users.map((user) => this.server.hibernate("UserObject", user)));
    heal();
  }

  async #restart(heal: () => void): Promise<void> {
    try {
      await this.server.killWorkerd();
    } finally {
      this.#isStarting = undefined;
      heal();
    }
    this.#wakeAll();
  }

  /** Waits until all that was sent is answered and where it belongs, or nothing moves for so long. */
  async settle(withinMs: number): Promise<Verdict> {
    await this.#waitFor(() => this.#history.underWay().length, withinMs);
    return this.#history.verdict();
  }

  /** Waits until each sender has an answer, or none comes for so long. */
  untilAnswered(withinMs: number): Promise<void> {
    return this.#waitFor(() => this.#history.unanswered().length, withinMs);
  }

  /** As long as there are fewer and fewer left: how fast that goes is the machine's affair. */
  async #waitFor(left: () => number, withinMs: number): Promise<void> {
    let fewest = Number.POSITIVE_INFINITY;
    let deadline = 0;
    for (let round = 0; ; round += 1) {
      const now = left();
      if (now < fewest) {
        fewest = now;
        deadline = Date.now() + withinMs;
      }
      if (now === 0 || Date.now() > deadline) return;
      if (round % 25 === 0) this.#wakeAll();
      await delay(20);
    }
  }

  /** What a device waits for is over; a crowd comes back spread out, as it does in earnest. */
  #wakeAll(): void {
    if (this.#proxies.length > 0) for (const device of this.#devices) device.reconnect();
  }

  /** Ends all devices; the next case begins with an empty history on the same server. */
  async clear(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.stop()));
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    this.#devices = [];
    this.#proxies = [];
    this.#history = new History();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.server.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
