/**
 * One direction of a connection: from one socket's read side through a queue to the other's write
 * side. As on a real wire, whatever happens to a piece happens to all that comes after it: a delay
 * or a hold delays the rest, and a queue that fills up is felt by the sender.
 */
import type { Socket } from "node:net";

export interface LaneShape {
  /** Bandwidth; `undefined`: as fast as the socket takes it. */
  readonly bytesPerSecond?: number;
  /** Split what is written into pieces of this many bytes, each in a TCP segment of its own. */
  readonly sliceBytes?: number;
}

interface Piece {
  readonly bytes: Buffer;
  readonly notBefore: number;
  readonly written?: (() => void) | undefined;
}

const THROTTLE_TICK_MS = 20;
const QUEUE_LIMIT_BYTES = 65_536;

export class Lane {
  readonly #source: Socket;
  readonly #target: Socket;
  readonly #queue: Piece[] = [];
  #queuedBytes = 0;
  #shape: LaneShape = {};
  #isHeld = false;
  #isBlind = false;
  #isBusy = false;
  #endsWhenEmpty = false;

  constructor(source: Socket, target: Socket) {
    this.#source = source;
    this.#target = target;
  }

  shape(shape: LaneShape): void {
    this.#shape = shape;
  }

  send(bytes: Buffer, delayMs = 0, written?: () => void): void {
    this.#queue.push({ bytes, notBefore: Date.now() + delayMs, written });
    this.#queuedBytes += bytes.length;
    this.#regulate();
    this.#pump();
  }

  /** FIN, after everything that is queued. */
  end(): void {
    this.#endsWhenEmpty = true;
    this.#pump();
  }

  /** Nothing leaves. The source is still read until the queue is full. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Nothing leaves and nothing is read, the end of the source included. */
  goBlind(): void {
    this.#isHeld = true;
    this.#isBlind = true;
    this.#regulate();
  }

  /** Ends either. */
  release(): void {
    this.#isHeld = false;
    this.#isBlind = false;
    this.#regulate();
    this.#pump();
  }

  #regulate(): void {
    if (this.#isBlind || this.#queuedBytes > QUEUE_LIMIT_BYTES) this.#source.pause();
    else this.#source.resume();
  }

  #pump(): void {
    if (this.#isBusy || this.#isHeld) return;
    const [piece] = this.#queue;
    if (piece === undefined) {
      if (this.#endsWhenEmpty) this.#target.end();
      return;
    }
    this.#isBusy = true;
    const waitMs = piece.notBefore - Date.now();
    if (waitMs > 0) this.#later(waitMs);
    else this.#write(piece);
  }

  #write(piece: Piece): void {
    const count = Math.min(piece.bytes.length, this.#stepBytes());
    const isLast = count === piece.bytes.length;
    if (this.#target.destroyed || this.#target.writableEnded) {
      this.#discard();
      return;
    }
    if (isLast) this.#queue.shift();
    else this.#queue[0] = { ...piece, bytes: piece.bytes.subarray(count) };
    this.#queuedBytes -= count;
    this.#regulate();
    this.#target.write(piece.bytes.subarray(0, count), () => {
      if (isLast) piece.written?.();
      this.#later(this.#restMs(count));
    });
  }

  /** Nobody is there to take it any more; the source is read on, so that its end is noticed. */
  #discard(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#isBusy = false;
    this.#regulate();
  }

  #stepBytes(): number {
    const { bytesPerSecond, sliceBytes } = this.#shape;
    const budget =
      bytesPerSecond === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(1, Math.ceil((bytesPerSecond * THROTTLE_TICK_MS) / 1_000));
    return Math.min(budget, sliceBytes ?? Number.POSITIVE_INFINITY);
  }

  /** How long the wire is taken by `count` bytes. */
  #restMs(count: number): number {
    const { bytesPerSecond } = this.#shape;
    return bytesPerSecond === undefined ? 0 : (count / bytesPerSecond) * 1_000;
  }

  #later(delayMs: number): void {
    const go = () => {
      this.#isBusy = false;
      this.#pump();
    };
    // A turn of its own even without a wait, so that slices leave as separate segments.
    if (delayMs > 0) setTimeout(go, delayMs);
    else setImmediate(go);
  }
}
