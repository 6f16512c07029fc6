/** A client's socket and ours to the server, with a lane for each direction. */
import type { Socket } from "node:net";
import { FrameReader, type WireFrame } from "./frame-reader.ts";
import { isUpgradeRequest, isUpgradeResponse, splitHead, withoutExtensions } from "./http-head.ts";
import { Lane, type LaneShape } from "./lane.ts";
import type { Direction } from "./rules.ts";

export interface ConnectionEvents {
  frame(connection: Connection, direction: Direction, frame: WireFrame): void;
  closed(connection: Connection): void;
}

/** What a side's bytes are: HTTP until the upgrade, frames after it. */
type Phase =
  | { readonly kind: "http"; readonly held: Buffer }
  | { readonly kind: "frames"; readonly reader: FrameReader };

interface Side {
  readonly socket: Socket;
  /** Where this side's bytes go. */
  readonly lane: Lane;
  phase: Phase;
}

const HTTP: Phase = { kind: "http", held: Buffer.alloc(0) };

export class Connection {
  readonly id: number;
  readonly #sides: Readonly<Record<Direction, Side>>;
  readonly #events: ConnectionEvents;
  readonly #frames: Record<Direction, number> = { up: 0, down: 0 };
  #isUpgrading = false;
  #openSockets = 2;

  constructor(id: number, client: Socket, server: Socket, events: ConnectionEvents) {
    this.id = id;
    this.#events = events;
    this.#sides = {
      up: { socket: client, lane: new Lane(client, server), phase: HTTP },
      down: { socket: server, lane: new Lane(server, client), phase: HTTP },
    };
    for (const direction of ["up", "down"] as const) this.#listen(direction);
  }

  get isUpgraded(): boolean {
    return this.#sides.down.phase.kind === "frames";
  }

  /** Counts a frame of this connection. */
  count(direction: Direction): number {
    this.#frames[direction] += 1;
    return this.#frames[direction];
  }

  forward(direction: Direction, bytes: Buffer, delayMs = 0, written?: () => void): void {
    this.#sides[direction].lane.send(bytes, delayMs, written);
  }

  shape(direction: Direction, shape: LaneShape): void {
    this.#sides[direction].lane.shape(shape);
  }

  hold(direction: Direction): void {
    this.#sides[direction].lane.hold();
  }

  /** Ends a hold or a black hole: what waits goes out, in order. */
  release(direction: Direction): void {
    this.#sides[direction].lane.release();
  }

  /** Nobody reads any more: the sender's socket fills up, and no side learns of it. */
  blackHole(direction: Direction): void {
    this.#sides[direction].lane.goBlind();
  }

  reset(): void {
    for (const { socket } of Object.values(this.#sides)) {
      if (!socket.destroyed) socket.resetAndDestroy();
    }
  }

  /** RST to the client alone: the server learns of it once what is held is released. */
  dropClient(): void {
    this.#sides.up.socket.resetAndDestroy();
  }

  /** FIN to both sides, after what is queued, without a WebSocket close frame. */
  fin(): void {
    for (const { lane } of Object.values(this.#sides)) lane.end();
  }

  #listen(direction: Direction): void {
    const { socket, lane } = this.#sides[direction];
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.#take(direction, bytes));
    socket.on("end", () => lane.end());
    socket.on("error", () => lane.end());
    socket.on("close", () => {
      lane.end();
      this.#openSockets -= 1;
      if (this.#openSockets === 0) this.#events.closed(this);
    });
  }

  #take(direction: Direction, bytes: Buffer): void {
    const { phase } = this.#sides[direction];
    if (phase.kind === "http") this.#takeHttp(direction, Buffer.concat([phase.held, bytes]));
    else this.#takeFrames(direction, phase.reader, bytes);
  }

  #takeFrames(direction: Direction, reader: FrameReader, bytes: Buffer): void {
    for (const frame of reader.push(bytes)) this.#events.frame(this, direction, frame);
  }

  /** A kept-alive connection may carry plain requests before the one that upgrades it. */
  #takeHttp(direction: Direction, bytes: Buffer): void {
    const mayUpgrade =
      direction === "up" ? bytes.toString("latin1", 0, 4) === "GET " : this.#isUpgrading;
    if (!mayUpgrade) {
      this.forward(direction, bytes);
      return;
    }
    const head = splitHead(bytes);
    if (head === undefined) {
      this.#sides[direction].phase = { kind: "http", held: bytes };
      return;
    }
    this.#sides[direction].phase = HTTP;
    if (direction === "up") this.#takeRequest(head.text, head.rest, bytes);
    else this.#takeResponse(head.text, head.rest, bytes);
  }

  #takeRequest(head: string, rest: Buffer, bytes: Buffer): void {
    if (!isUpgradeRequest(head)) {
      this.forward("up", bytes);
      return;
    }
    this.#isUpgrading = true;
    this.forward("up", Buffer.from(withoutExtensions(head), "latin1"));
    this.#enterFrames("up", rest);
  }

  #takeResponse(head: string, rest: Buffer, bytes: Buffer): void {
    this.#isUpgrading = false;
    if (!isUpgradeResponse(head)) {
      this.#sides.up.phase = HTTP;
      this.forward("down", bytes);
      return;
    }
    this.forward("down", Buffer.from(head, "latin1"));
    this.#enterFrames("down", Buffer.alloc(0));
    this.#take("down", rest);
  }

  #enterFrames(direction: Direction, rest: Buffer): void {
    const reader = new FrameReader();
    this.#sides[direction].phase = { kind: "frames", reader };
    this.#takeFrames(direction, reader, rest);
  }
}
