/**
 * A TCP proxy in front of the server that understands just enough of WebSocket to know where frames
 * begin and end, and breaks the connection between client and server in a chosen way at a chosen
 * frame. Plain HTTP requests pass untouched.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Connection } from "./connection.ts";
import type { WireFrame } from "./frame-reader.ts";
import type { LaneShape } from "./lane.ts";
import { type Direction, type Fault, type Passing, passAll, type Rule } from "./rules.ts";

export interface FaultProxyOptions {
  /** Asked for each connection, since a restarted server may listen elsewhere. */
  readonly upstreamPort: () => number;
  readonly rule?: Rule;
  /** Before a frame is judged: a kill here means that the server never gets it. */
  readonly beforeFrame?: (frame: Passing) => void;
  /** After a frame's last byte was handed to the operating system. Not told for dropped frames. */
  readonly afterFrame?: (frame: Passing) => void;
}

export interface ProxyStats {
  connections: number;
  frames: number;
  dropped: number;
  duplicated: number;
  replayed: number;
  held: number;
  /** Connections that a fault ended or made silent. */
  broken: number;
}

const DIRECTIONS = ["up", "down"] as const;

export class FaultProxy {
  readonly stats: ProxyStats = {
    connections: 0,
    frames: 0,
    dropped: 0,
    duplicated: 0,
    replayed: 0,
    held: 0,
    broken: 0,
  };
  rule: Rule;
  readonly #options: FaultProxyOptions;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #counts: Record<Direction, number> = { up: 0, down: 0 };
  #replays: { readonly direction: Direction; readonly bytes: Buffer; readonly from: number }[] = [];
  readonly #shapes: Record<Direction, LaneShape> = { up: {}, down: {} };
  #isCut = false;

  private constructor(options: FaultProxyOptions) {
    this.#options = options;
    this.rule = options.rule ?? passAll;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  static async listen(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once("error", reject);
      proxy.#server.listen(0, "127.0.0.1", resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Open WebSockets, oldest first. */
  get sockets(): Connection[] {
    return [...this.#connections].filter((connection) => connection.isUpgraded);
  }

  /** Bandwidth and slicing of all connections, present and future. */
  shape(direction: Direction, shape: LaneShape): void {
    this.#shapes[direction] = shape;
    for (const connection of this.#connections) connection.shape(direction, shape);
  }

  /** The link is down: what is open stays open in silence, new connections get no answer. */
  cut(directions: readonly Direction[] = DIRECTIONS): void {
    this.#isCut = directions.length === DIRECTIONS.length;
    for (const connection of this.#connections) {
      this.stats.broken += 1;
      for (const direction of directions) connection.blackHole(direction);
    }
  }

  restore(): void {
    this.#isCut = false;
    for (const connection of this.#connections) {
      for (const direction of DIRECTIONS) connection.release(direction);
    }
  }

  /** Resets all connections at once; new ones are taken. */
  dropAll(): void {
    for (const connection of this.#connections) {
      this.stats.broken += 1;
      connection.reset();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.reset();
    await closed;
  }

  #accept(client: Socket): void {
    const server = connect({
      port: this.#options.upstreamPort(),
      host: "127.0.0.1",
      allowHalfOpen: true,
    });
    this.stats.connections += 1;
    const connection = new Connection(this.stats.connections, client, server, {
      frame: (from, direction, frame) => this.#judge(from, direction, frame),
      closed: (ended) => this.#connections.delete(ended),
    });
    this.#connections.add(connection);
    for (const direction of DIRECTIONS) {
      connection.shape(direction, this.#shapes[direction]);
      if (this.#isCut) connection.blackHole(direction);
    }
  }

  #judge(connection: Connection, direction: Direction, frame: WireFrame): void {
    if (frame.text === undefined) {
      connection.forward(direction, frame.bytes);
      return;
    }
    this.stats.frames += 1;
    this.#counts[direction] += 1;
    const passing: Passing = {
      direction,
      n: this.#counts[direction],
      onConnection: connection.count(direction),
      connection: connection.id,
      text: frame.text,
    };
    this.#options.beforeFrame?.(passing);
    this.#apply(this.rule(passing), connection, passing, frame.bytes);
    if (passing.onConnection === 1) this.#replayOn(connection, direction);
  }

  #apply(fault: Fault, connection: Connection, passing: Passing, bytes: Buffer): void {
    const { direction } = passing;
    switch (fault.kind) {
      case "drop":
        this.stats.dropped += 1;
        return;
      case "reset":
        this.stats.broken += 1;
        connection.reset();
        return;
      case "hold":
        this.stats.held += 1;
        connection.hold(direction);
        break;
      case "black-hole":
        this.stats.broken += 1;
        connection.blackHole(direction);
        if (fault.both) connection.blackHole(direction === "up" ? "down" : "up");
        break;
      case "replay":
        this.#replays.push({ direction, bytes, from: connection.id });
        break;
      default:
        break;
    }
    const delayMs = fault.kind === "delay" ? fault.delayMs : 0;
    connection.forward(direction, bytes, delayMs, () => this.#options.afterFrame?.(passing));
    if (fault.kind === "duplicate") {
      this.stats.duplicated += 1;
      connection.forward(direction, bytes);
    }
    if (fault.kind === "fin") {
      this.stats.broken += 1;
      connection.fin();
    }
  }

  /** Frames of earlier connections, once more, where a client's own first frame has just passed. */
  #replayOn(connection: Connection, direction: Direction): void {
    const isDue = (replay: { direction: Direction; from: number }) =>
      replay.direction === direction && replay.from < connection.id;
    const due = this.#replays.filter(isDue);
    this.#replays = this.#replays.filter((replay) => !isDue(replay));
    for (const { bytes } of due) connection.forward(direction, bytes);
    this.stats.replayed += due.length;
  }
}
