import type { SocketGrant } from "../../worker/requests.ts";
import type { SimClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";

/** What a device hears of its socket; the same as the SDK's port. */
export interface SocketListener {
  onOpen(): void;
  onText(text: string): void;
  onClose(code: number, reason: string): void;
}

/** A user's object, as the edge reaches it. */
export interface Acceptor {
  /** False: it died on the way, and there is no socket. */
  accept(connection: Connection, grant: SocketGrant): boolean;
  received(connection: Connection, text: string): void;
  closed(connection: Connection, code: number): void;
}

type Way = "up" | "down";

/** One direction of a connection: what is sent arrives in order, late, or never. */
class Lane {
  readonly #clock: SimClock;
  readonly #queue: { readonly at: number; readonly deliver: () => void }[] = [];
  #stalledUntil = 0;
  #dead = false;
  #timer: (() => void) | undefined;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  push(at: number, deliver: () => void): void {
    if (this.#dead) return;
    const last = this.#queue.at(-1)?.at ?? 0;
    this.#queue.push({ at: Math.max(at, last), deliver });
    this.#arm();
  }

  stall(until: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, until);
    this.#arm();
  }

  resume(): void {
    this.#stalledUntil = 0;
    this.#arm();
  }

  die(): void {
    this.#dead = true;
    this.#queue.length = 0;
    this.#timer?.();
  }

  #arm(): void {
    this.#timer?.();
    const [next] = this.#queue;
    if (next === undefined) return;
    this.#timer = this.#clock.at(Math.max(next.at, this.#stalledUntil), () => this.#deliver());
  }

  #deliver(): void {
    this.#queue.shift()?.deliver();
    this.#arm();
  }
}

/** A socket between a device and its user's object. Each end knows only what reached it. */
export class Connection {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly #network: Network;
  readonly #listener: SocketListener;
  readonly #acceptor: Acceptor;
  readonly #up: Lane;
  readonly #down: Lane;
  /** The object holds its end. */
  #isServed = false;
  /** The device holds its end. */
  #isHeld = true;

  constructor(
    network: Network,
    names: { readonly id: string; readonly user: string; readonly device: string },
    listener: SocketListener,
    acceptor: Acceptor,
  ) {
    this.id = names.id;
    this.user = names.user;
    this.device = names.device;
    this.#network = network;
    this.#listener = listener;
    this.#acceptor = acceptor;
    this.#up = new Lane(network.clock);
    this.#down = new Lane(network.clock);
  }

  /** The upgrade reached the edge with a good ticket. */
  upgrade(grant: SocketGrant): void {
    this.#isServed = true;
    this.#deliver("down", () => this.#listener.onOpen());
    if (this.#acceptor.accept(this, grant)) return;
    this.#isServed = false;
    this.#down.die();
    this.refuse(1006);
  }

  /** There is no object at the other end. */
  refuse(code: number): void {
    this.#network.clock.after(this.#network.latency(this.id), () => this.#end(code, ""));
  }

  sendUp(text: string): void {
    if (!this.#isHeld) return;
    this.#network.journal(() => `${this.id} ↑ ${text}`);
    const times = this.#network.faults.hit("frame-twice", this.device) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      this.#deliver("up", () => {
        if (!this.#isServed) return;
        this.#network.journal(() => `${this.id} ↑ arrives: ${text}`);
        this.#acceptor.received(this, text);
      });
    }
  }

  sendDown(text: string): void {
    if (!this.#isServed) return;
    this.#network.journal(() => `${this.id} ↓ ${text}`);
    const times = this.#network.faults.hit("frame-twice", `to ${this.device}`) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      this.#deliver("down", () => {
        if (!this.#isHeld) return;
        this.#network.journal(() => `${this.id} ↓ arrives: ${text}`);
        this.#listener.onText(text);
      });
    }
  }

  /** The device closes, or its process ends. */
  closeUp(code: number): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#network.forget(this);
    this.#deliver("up", () => this.#serverLearns(code));
  }

  /** The object closes. What the device sent before it learns of that still arrives. */
  closeDown(code: number, reason: string): void {
    this.#deliver("down", () => {
      this.#end(code, reason);
      this.#deliver("up", () => this.#serverLearns(code));
    });
  }

  /** The object died: its end is gone without a word. */
  abandon(): void {
    this.#isServed = false;
    this.#down.push(this.#network.clock.now + this.#network.latency(this.id), () =>
      this.#end(1006, ""),
    );
  }

  /** The network resets the connection. */
  cut(): void {
    this.#up.die();
    this.#down.die();
    this.refuse(1006);
    if (this.#network.faults.hit("close-lost", this.device)) return;
    const late = this.#network.latency(this.id);
    this.#network.clock.after(late, () => this.#serverLearns(1006));
  }

  stall(ms: number, way: Way | "both", ends: "resumed" | "dead"): void {
    const lanes = [...(way === "down" ? [] : [this.#up]), ...(way === "up" ? [] : [this.#down])];
    for (const lane of lanes) {
      if (ends === "dead") lane.die();
      else lane.stall(this.#network.clock.now + ms);
    }
  }

  resume(): void {
    this.#up.resume();
    this.#down.resume();
  }

  #serverLearns(code: number): void {
    if (!this.#isServed) return;
    this.#isServed = false;
    this.#network.journal(() => `${this.id} ↑ closed ${code}`);
    this.#acceptor.closed(this, code);
  }

  #end(code: number, reason: string): void {
    if (!this.#isHeld) return;
    this.#network.journal(() => `${this.id} ↓ closed ${code}`);
    this.#isHeld = false;
    this.#network.forget(this);
    this.#listener.onClose(code, reason);
  }

  #deliver(way: Way, deliver: () => void): void {
    const lane = way === "up" ? this.#up : this.#down;
    lane.push(this.#network.clock.now + this.#network.latency(`${this.device} ${way}`), deliver);
  }
}

/** All links between devices and the edge. */
export class Network {
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly #latencyMs: number;
  readonly #open = new Set<Connection>();
  #opened = 0;

  readonly journal: Journal;

  constructor(clock: SimClock, faults: Faults, latencyMs: number, journal: Journal) {
    this.clock = clock;
    this.journal = journal;
    this.faults = faults;
    this.#latencyMs = latencyMs;
  }

  connect(
    names: { readonly user: string; readonly device: string },
    listener: SocketListener,
    acceptor: Acceptor,
    grant: SocketGrant | undefined,
  ): Connection {
    this.#opened += 1;
    const id = `${names.device}#${this.#opened}`;
    const connection = new Connection(this, { id, ...names }, listener, acceptor);
    this.#open.add(connection);
    const arrives = this.latency(names.device);
    const lost = this.faults.hit("connect-fails", names.device);
    this.clock.after(arrives, () => {
      if (lost) connection.refuse(1006);
      else if (grant === undefined) connection.refuse(4401);
      else connection.upgrade(grant);
    });
    return connection;
  }

  connectionsOf(device: string): Connection[] {
    return [...this.#open].filter((connection) => connection.device === device);
  }

  forget(connection: Connection): void {
    this.#open.delete(connection);
  }

  /** Every link works again; what was held back arrives. */
  heal(): void {
    for (const connection of this.#open) connection.resume();
  }

  /** Mostly short, sometimes very long. */
  latency(link: string): number {
    const site = `latency ${link}`;
    const usual = 1 + this.faults.unit(site) * this.#latencyMs;
    return this.faults.hit("frame-slow", link) ? usual + this.faults.unit(site) * 8_000 : usual;
  }
}
