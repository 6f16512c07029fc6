/**
 * A client that is nothing but a socket: it sends what it is told to, well formed or not, and queues
 * every frame that comes in, so that none is missed between two awaits.
 */
import { WebSocket } from "ws";

export interface RawClose {
  readonly code: number;
  readonly reason: string;
}

export interface RawOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A frame as it came: JSON whose `t` names its kind. The rest is for the test to assert. */
export interface RawFrame {
  readonly t: string;
  readonly [field: string]: unknown;
}

interface Waiter {
  readonly matches: (frame: RawFrame) => boolean;
  readonly resolve: (frame: RawFrame) => void;
  readonly reject: (reason: Error) => void;
}

const WAIT_MS = 10_000;

export class RawClient {
  readonly #socket: WebSocket;
  readonly #queue: RawFrame[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #closed: Promise<RawClose>;
  #close: RawClose | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#take(JSON.parse(String(data)) as RawFrame));
    // A close event follows each error; it says what there is to say.
    socket.on("error", () => undefined);
    this.#closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#close = { code, reason: String(reason) };
        for (const waiter of this.#waiters) waiter.reject(this.#endedWhileWaiting());
        resolve(this.#close);
      });
    });
  }

  /** Rejects when the upgrade is refused; the status is in the message. */
  static open(url: string, options: RawOptions = {}): Promise<RawClient> {
    const socket = new WebSocket(url, [...(options.protocols ?? [])], {
      headers: { ...options.headers },
      perMessageDeflate: false,
    });
    const client = new RawClient(socket);
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(client));
      socket.once("error", reject);
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Objects go out as JSON; strings and bytes as they are, bytes in a binary frame. */
  send(frame: object | string | Uint8Array): void {
    const isRaw = typeof frame === "string" || frame instanceof Uint8Array;
    this.#socket.send(isRaw ? frame : JSON.stringify(frame));
  }

  /** The next frame of kind `t`, or of any kind. Frames of other kinds stay queued. */
  next(t?: string, waitMs = WAIT_MS): Promise<RawFrame> {
    return this.nextMatching((frame) => t === undefined || frame.t === t, t ?? "any frame", waitMs);
  }

  nextMatching(
    matches: (frame: RawFrame) => boolean,
    what: string,
    waitMs = WAIT_MS,
  ): Promise<RawFrame> {
    const found = this.#queue.findIndex(matches);
    const [frame] = found < 0 ? [] : this.#queue.splice(found, 1);
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.#close !== undefined) return Promise.reject(this.#endedWhileWaiting());
    return this.#wait(matches, what, waitMs);
  }

  /** Takes what is queued, without waiting. */
  drain(): RawFrame[] {
    return this.#queue.splice(0);
  }

  /** How the socket ended; rejects when it is still open after the wait. */
  expectClose(waitMs = WAIT_MS): Promise<RawClose> {
    return withDeadline(this.#closed, waitMs, () => new Error(`still open after ${waitMs} ms`));
  }

  /** Stops taking bytes from the network, like an app that hangs. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code = 1000): Promise<RawClose> {
    this.#socket.close(code);
    return this.expectClose();
  }

  /** No close frame and no goodbye. */
  terminate(): void {
    this.#socket.terminate();
  }

  #take(frame: RawFrame): void {
    for (const waiter of this.#waiters) {
      if (!waiter.matches(frame)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(frame);
      return;
    }
    this.#queue.push(frame);
  }

  #wait(matches: (frame: RawFrame) => boolean, what: string, waitMs: number): Promise<RawFrame> {
    let waiter: Waiter | undefined;
    const frame = new Promise<RawFrame>((resolve, reject) => {
      waiter = { matches, resolve, reject };
      this.#waiters.add(waiter);
    });
    return withDeadline(frame, waitMs, () => {
      if (waiter !== undefined) this.#waiters.delete(waiter);
      const kinds = this.#queue.map(({ t }) => t).join(", ");
      return new Error(`no ${what} within ${waitMs} ms; queued: ${kinds || "nothing"}`);
    });
  }

  #endedWhileWaiting(): Error {
    return new Error(`closed with ${this.#close?.code} ${this.#close?.reason}`);
  }
}

async function withDeadline<Value>(
  value: Promise<Value>,
  waitMs: number,
  late: () => Error,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), waitMs);
  });
  try {
    return await Promise.race([value, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
