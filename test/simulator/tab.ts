import { CoreClient } from "../../client/client.ts";
import { loadParts } from "../../client/engine/parts.ts";
import type { Clock, LifecycleEvent, NetworkEvent, Platform, Socket } from "../../client/ports.ts";
import type { ClientStore } from "../../client/store.ts";
import { PING } from "../../protocol/ping.ts";
import type { SimDevice } from "./device.ts";
import { httpOf } from "./http.ts";
import type { Connection, SocketListener } from "./network.ts";
import type { Member, TabLocks } from "./tab-locks.ts";

// What is loaded in the midst of a run would come at another time in each.
await loadParts();

/**
 * One start of the app on a device: the SDK over a simulated platform. It ends without a word, and
 * nothing reaches it then; what reaches it while it sleeps waits.
 */
export class SimTab implements Member {
  readonly client: CoreClient;
  isAlive = true;
  readonly #device: SimDevice;
  readonly #locks: TabLocks | undefined;
  readonly #connections = new Set<Connection>();
  readonly #lifecycle = new Set<(event: LifecycleEvent) => void>();
  readonly #network = new Set<(event: NetworkEvent) => void>();
  readonly #heldBack: (() => void)[] = [];
  #asleepUntil = 0;

  /** `locks`: shared with the other tabs of this device; undefined where there are never others. */
  constructor(device: SimDevice, locks: TabLocks | undefined) {
    this.#device = device;
    this.#locks = locks;
    const store = device.disk.open({
      isAlive: () => this.isAlive,
      crash: () => device.crash(this),
      run: (call) => this.run(call),
    });
    this.client = new CoreClient({
      url: "https://sim.example",
      user: device.user,
      device: device.id,
      token: () => Promise.resolve(device.world.edge.token(device.user)),
      store,
      platform: this.#platform(store),
      app: { name: "sim", version: device.old ? "0" : "1.0" },
      onRejected: "hold",
    });
  }

  get isAsleep(): boolean {
    return this.#device.world.clock.now < this.#asleepUntil;
  }

  start(): void {
    const { witness, world } = this.#device;
    this.client.onMessage((message) => {
      this.#device.mayRefuse();
      witness.handed(message, this);
    });
    this.client.on("degraded", ({ cause }) => witness.degraded(cause));
    this.client.connect().catch((error) => witness.degraded(error));
    world.stirred();
  }

  /** The system closes its sockets and frees its locks. */
  end(): void {
    this.isAlive = false;
    this.#locks?.ended(this);
    for (const connection of this.#connections) connection.closeUp(1006);
  }

  /** Nothing of it runs for a while; what arrives waits. */
  sleep(ms: number): void {
    const { clock } = this.#device.world;
    const until = clock.now + ms;
    if (until <= this.#asleepUntil) return;
    this.#asleepUntil = until;
    clock.at(until, () => {
      if (!this.isAsleep) this.wake();
    });
  }

  /** What came meanwhile is heard in its order, after the runtime has said that it runs again. */
  wake(): void {
    if (this.#asleepUntil === 0 || !this.isAlive) return;
    this.#asleepUntil = 0;
    for (const listener of this.#lifecycle) listener("resume");
    for (const call of this.#heldBack.splice(0)) call();
    this.#device.world.stirred();
  }

  /** Runs a callback of the SDK: never after its end, and not while it sleeps. */
  run(call: () => void): void {
    if (!this.isAlive) return;
    if (this.isAsleep) {
      this.#heldBack.push(() => this.run(call));
      return;
    }
    call();
    this.#device.world.stirred();
  }

  #platform(store: ClientStore): Platform {
    const { id, world } = this.#device;
    const { faults } = world;
    return {
      name: "sim",
      clock: this.#clock(),
      random: {
        unit: () => faults.unit(`sdk ${id}`),
        id: () => `${id}-${Math.floor(faults.unit(`id ${id}`) * 2 ** 32)}`,
      },
      sockets: { open: (_url, protocols, events) => this.#open(protocols, events) },
      http: httpOf(this.#device, (call) => this.run(call)),
      lifecycle: {
        kind: this.#locks === undefined ? "headless" : "page",
        visible: () => true,
        saving: () => false,
        subscribe: (listener) => subscribe(this.#lifecycle, listener),
      },
      network: {
        online: () => true,
        subscribe: (listener) => subscribe(this.#network, listener),
      },
      ...(this.#locks === undefined ? {} : { tabs: this.#locks.of(this) }),
      openStore: () => store,
    };
  }

  #clock(): Clock {
    const { clock } = this.#device.world;
    return {
      now: () => this.#device.wallNow,
      monotonic: () => clock.elapsedMs,
      after: (delayMs, call) => {
        const run = () => this.run(call);
        return clock.after(Math.max(0, Math.min(delayMs, 2 ** 31 - 1)), run);
      },
    };
  }

  #open(protocols: readonly string[], events: SocketListener): Socket {
    const { id: device, user, witness, world } = this.#device;
    const listener: SocketListener = {
      onOpen: () => this.run(() => events.onOpen()),
      onText: (text) =>
        this.run(() => {
          witness.heard(text);
          events.onText(text);
        }),
      onClose: (code, reason) => {
        this.#connections.delete(connection);
        this.run(() => events.onClose(code, reason));
      },
    };
    const grant = world.edge.grant(protocols);
    const connection = world.network.connect({ user, device }, listener, world.object(user), grant);
    this.#connections.add(connection);
    return {
      send: (text) => {
        if (!this.isAlive) return;
        if (text !== PING) witness.said(connection, text);
        connection.sendUp(text);
      },
      close: (code) => {
        this.#connections.delete(connection);
        connection.closeUp(code);
      },
    };
  }
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
