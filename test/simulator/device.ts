import { CoreClient } from "../../client/client.ts";
import type { Message } from "../../client/model.ts";
import type {
  Clock,
  Http,
  LifecycleEvent,
  NetworkEvent,
  Platform,
  Socket,
} from "../../client/ports.ts";
import type { ClientStore } from "../../client/store.ts";
import { PING } from "../../protocol/ping.ts";
import type { SimClock } from "./clock.ts";
import { Disk, type StoreWitness } from "./device-store.ts";
import type { Edge } from "./edge.ts";
import type { Faults } from "./faults.ts";
import type { Acceptor, Connection, Network, SocketListener } from "./network.ts";
import type { DeviceParams } from "./plan.ts";

/** What a device does, for the checkers. */
export interface DeviceWitness extends StoreWitness {
  said(connection: Connection, text: string): void;
  handed(message: Message): void;
  started(): void;
  /** Seq of the state that it began from last. */
  readonly resetAt: number;
  /** Newest seq that it has acked, beyond the state that it began from then. */
  readonly acked: number;
  /** Nothing is under way any more. */
  atRest(): void;
  /** The SDK says that its store has failed, or that a job of its own threw. */
  degraded(cause: unknown): void;
}

export interface DeviceWorld {
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly network: Network;
  readonly edge: Edge;
  readonly storeMs: number;
  object(user: string): Acceptor;
  /** Something was called in the SDK, whose promises now want to run. */
  stirred(): void;
  crashed(device: SimDevice): void;
}

/** One start of the app; ends by close or crash, and nothing reaches it then. */
interface Process {
  isAlive: boolean;
  readonly client: CoreClient;
  readonly connections: Set<Connection>;
  readonly lifecycle: Set<(event: LifecycleEvent) => void>;
  readonly network: Set<(event: NetworkEvent) => void>;
}

/** A device that runs the SDK, over a simulated platform. */
export class SimDevice {
  readonly user: string;
  readonly id: string;
  readonly disk: Disk;
  readonly old: boolean;
  readonly #skewMs: number;
  readonly #world: DeviceWorld;
  readonly witness: DeviceWitness;
  #process: Process | undefined;
  #asleepUntil = 0;
  readonly #heldBack: (() => void)[] = [];
  /** How many more entries the app's handler refuses. */
  refusals = 0;

  constructor(
    names: { readonly user: string; readonly device: string },
    params: DeviceParams,
    world: DeviceWorld,
    witness: DeviceWitness,
  ) {
    this.user = names.user;
    this.id = names.device;
    this.old = params.old;
    this.#skewMs = params.skewMs;
    this.#world = world;
    this.witness = witness;
    const about = { device: this.id, storeMs: world.storeMs };
    this.disk = new Disk(world.clock, world.faults, about, witness);
  }

  get client(): CoreClient | undefined {
    return this.#process?.client;
  }

  get isAsleep(): boolean {
    return this.#world.clock.now < this.#asleepUntil;
  }

  start(): void {
    if (this.#process !== undefined) return;
    this.witness.started();
    const process = this.#newProcess();
    this.#process = process;
    process.client.onMessage((message) => {
      if (this.refusals > 0) {
        this.refusals -= 1;
        throw new Error("the app does not like it");
      }
      this.witness.handed(message);
    });
    process.client.on("degraded", ({ cause }) => this.witness.degraded(cause));
    process.client.connect().catch((error) => this.witness.degraded(error));
    this.#world.stirred();
  }

  /** The process ends without a word, and somebody starts it again before long. */
  crash(): void {
    if (this.#process === undefined) return;
    this.stop();
    this.#world.crashed(this);
  }

  /** The process ends without a word; the system closes its sockets. */
  stop(): void {
    const process = this.#process;
    if (process === undefined) return;
    process.isAlive = false;
    this.#process = undefined;
    for (const connection of process.connections) connection.closeUp(1006);
  }

  /** Nothing of it runs for a while; what arrives waits. */
  sleep(ms: number): void {
    const { clock } = this.#world;
    const until = clock.now + ms;
    if (until <= this.#asleepUntil) return;
    this.#asleepUntil = until;
    clock.at(until, () => {
      if (!this.isAsleep) this.wake();
    });
  }

  /** What came meanwhile is heard in its order, after the runtime has said that it runs again. */
  wake(): void {
    if (this.#asleepUntil === 0) return;
    this.#asleepUntil = 0;
    for (const listener of this.#process?.lifecycle ?? []) listener("resume");
    for (const call of this.#heldBack.splice(0)) call();
    this.#world.stirred();
  }

  /** Tells the SDK what the runtime says about the network. */
  tellNetwork(event: NetworkEvent): void {
    for (const listener of this.#process?.network ?? []) listener(event);
    this.#world.stirred();
  }

  #newProcess(): Process {
    const process = {
      isAlive: true,
      connections: new Set<Connection>(),
      lifecycle: new Set<(event: LifecycleEvent) => void>(),
      network: new Set<(event: NetworkEvent) => void>(),
    };
    const store = this.disk.open({
      isAlive: () => process.isAlive,
      crash: () => this.crash(),
      run: (call) => this.#run(process, call),
    });
    const client = new CoreClient({
      url: "https://sim.example",
      user: this.user,
      device: this.id,
      token: () => Promise.resolve(this.#world.edge.token(this.user)),
      store,
      platform: this.#platform(process, store),
      app: { name: "sim", version: this.old ? "0" : "1.0" },
      onRejected: "hold",
    });
    return Object.assign(process, { client });
  }

  #platform(process: Omit<Process, "client">, store: ClientStore): Platform {
    const { faults } = this.#world;
    return {
      name: "sim",
      clock: this.#clock(process),
      random: {
        unit: () => faults.unit(`sdk ${this.id}`),
        id: () => `${this.id}-${Math.floor(faults.unit(`id ${this.id}`) * 2 ** 32)}`,
      },
      sockets: { open: (_url, protocols, events) => this.#open(process, protocols, events) },
      http: this.#http(process),
      lifecycle: {
        kind: "headless",
        visible: () => true,
        saving: () => false,
        subscribe: (listener) => subscribe(process.lifecycle, listener),
      },
      network: {
        online: () => true,
        subscribe: (listener) => subscribe(process.network, listener),
      },
      openStore: () => store,
    };
  }

  #clock(process: Omit<Process, "client">): Clock {
    const { clock } = this.#world;
    return {
      now: () => clock.now + this.#skewMs,
      monotonic: () => clock.elapsedMs,
      after: (delayMs, call) => {
        const run = () => this.#run(process, call);
        return clock.after(Math.max(0, Math.min(delayMs, 2 ** 31 - 1)), run);
      },
    };
  }

  /** Runs a callback of the SDK in its process: never after its end, and not while it sleeps. */
  #run(process: Omit<Process, "client">, call: () => void): void {
    if (!process.isAlive) return;
    if (this.isAsleep) {
      this.#heldBack.push(() => this.#run(process, call));
      return;
    }
    call();
    this.#world.stirred();
  }

  #open(
    process: Omit<Process, "client">,
    protocols: readonly string[],
    events: SocketListener,
  ): Socket {
    const { edge, network } = this.#world;
    const listener: SocketListener = {
      onOpen: () => this.#run(process, () => events.onOpen()),
      onText: (text) => this.#run(process, () => events.onText(text)),
      onClose: (code, reason) => {
        process.connections.delete(connection);
        this.#run(process, () => events.onClose(code, reason));
      },
    };
    const names = { user: this.user, device: this.id };
    const object = this.#world.object(this.user);
    const connection = network.connect(names, listener, object, edge.grant(protocols));
    process.connections.add(connection);
    return {
      send: (text) => {
        if (!process.isAlive) return;
        if (text !== PING) this.witness.said(connection, text);
        connection.sendUp(text);
      },
      close: (code) => {
        process.connections.delete(connection);
        connection.closeUp(code);
      },
    };
  }

  #http(process: Omit<Process, "client">): Http {
    const { clock, edge, faults, network } = this.#world;
    return {
      get: () => ({ response: Promise.reject(new Error("no route")), cancel: () => {} }),
      post: (_url, headers) => {
        let isCancelled = false;
        const token = (headers["authorization"] ?? "").replace("Bearer ", "");
        const response = new Promise<{ status: number; body: unknown }>((resolve, reject) => {
          clock.after(2 * network.latency(`http ${this.id}`), () =>
            this.#run(process, () => {
              const ticket = edge.ticket(token, this.id);
              if (isCancelled || faults.hit("connect-fails", `http ${this.id}`)) {
                return reject(new Error("no network"));
              }
              if (ticket === undefined) return resolve({ status: 401, body: undefined });
              resolve({ status: 200, body: { ticket } });
            }),
          );
        });
        return {
          response,
          cancel: () => {
            isCancelled = true;
          },
        };
      },
    };
  }
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
