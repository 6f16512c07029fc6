/**
 * A device that follows PROTOCOL.md with as little code as possible and shares none with the SDK:
 * it keeps everything in memory, resends what is not answered and acks what it has recorded. Tests
 * use it in large numbers, and to tell a fault of the server from one of the SDK.
 */
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { ERRORS } from "../../protocol/errors.ts";
import { follow } from "../../protocol/follow.ts";
import { utf8Bytes } from "../../protocol/limits.ts";
import { formatMessageId } from "../../protocol/names.ts";
import { PING } from "../../protocol/ping.ts";
import {
  type EntriesFrame,
  type ServerFrame,
  type SubmitResult,
  serverFrameSchema,
} from "../../protocol/server-frames.ts";
import { PROTOCOL_VERSION, SUB_PROTOCOL, TICKET_PREFIX } from "../../protocol/version.ts";
import type { Device } from "./device.ts";
import type { History } from "./history.ts";
import { RawClient } from "./raw-client.ts";

export interface FrameDeviceOptions {
  readonly user: string;
  readonly device: string;
  readonly socketUrl: string;
  /** A fresh ticket for one socket. */
  readonly ticket: () => Promise<string>;
  readonly history: History;
  /** Silence of this length ends a connection. Default: 5 s. */
  readonly silenceMs?: number;
  /** Spread of the wait before the next attempt to connect. Default: 200 ms. */
  readonly retryMs?: number;
}

interface Waiting {
  readonly conversation: string;
  readonly counter: number;
  prev: number;
  readonly text: string;
  isOnItsWay: boolean;
}

const SUBMIT_ITEMS = 50;
/** Of text; the rest of an item takes less than 200 bytes. */
const SUBMIT_BYTES = 50_000;

export class FrameDevice implements Device {
  readonly name: string;
  readonly #options: FrameDeviceOptions;
  readonly #outbox: Waiting[] = [];
  readonly #lastCounter = new Map<string, number>();
  #counter = 0;
  #cursor = 0;
  #socket: RawClient | undefined;
  #nextTicket: string | undefined;
  #isReady = false;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(options: FrameDeviceOptions) {
    this.#options = options;
    this.name = `${options.user}.${options.device}`;
  }

  start(): Promise<void> {
    this.#stopping = new AbortController();
    this.#running = this.#run(this.#stopping.signal);
    return Promise.resolve();
  }

  async send(conversation: string, text: string): Promise<void> {
    if (this.#stopping.signal.aborted) throw new Error(`${this.name} was stopped`);
    this.#counter += 1;
    const prev = this.#lastCounter.get(conversation) ?? 0;
    const waiting = { conversation, counter: this.#counter, prev, text, isOnItsWay: false };
    this.#lastCounter.set(conversation, waiting.counter);
    this.#options.history.sent(this.#idOf(waiting.counter), conversation, text);
    this.#outbox.push(waiting);
    this.#flush();
  }

  reconnect(): void {
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#socket?.terminate();
    this.#wake();
    await this.#running;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Stops and goes on taking bytes from the network. */
  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  async #run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      try {
        await this.#session(stopped);
      } catch {
        // Whatever ended the connection, the answer is the next one; the history judges the rest.
      }
      this.#isReady = false;
      this.#socket?.terminate();
      for (const waiting of this.#outbox) waiting.isOnItsWay = false;
      if (!stopped.aborted) await this.#pauseBeforeRetry();
    }
  }

  async #pauseBeforeRetry(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([woken, delay(Math.random() * (this.#options.retryMs ?? 200))]);
  }

  async #session(stopped: AbortSignal): Promise<void> {
    // Good for one attempt: if it fails, the next one asks for a fresh ticket.
    const ticket = this.#nextTicket ?? (await this.#options.ticket());
    this.#nextTicket = undefined;
    const protocols = [SUB_PROTOCOL, TICKET_PREFIX + ticket];
    const socket = await RawClient.open(this.#options.socketUrl, { protocols });
    this.#socket = socket;
    socket.send(this.#hello());
    const silenceMs = this.#options.silenceMs ?? 5_000;
    const ping = setInterval(() => socket.isOpen && socket.send(PING), silenceMs / 3);
    try {
      while (socket.isOpen && !stopped.aborted) {
        const raw = await socket.next(undefined, silenceMs);
        if (raw.t !== "pong") this.#take(v.parse(serverFrameSchema, raw), socket);
      }
    } finally {
      clearInterval(ping);
    }
  }

  #hello(): object {
    return {
      t: "hello",
      version: PROTOCOL_VERSION,
      cursor: this.#cursor,
      capabilities: ["ack"],
      app: { name: "frame-device", version: "1.0", platform: "test" },
      heartbeatMs: 25_000,
      cause: "unknown",
    };
  }

  #take(frame: ServerFrame, socket: RawClient): void {
    switch (frame.t) {
      case "welcome":
        // A second one on the same socket is a repeated frame, and says nothing new.
        if (this.#isReady) break;
        this.#isReady = true;
        this.#nextTicket = frame.ticket;
        this.#cursor = frame.cursor;
        this.#flush();
        break;
      case "entries":
        this.#store(frame, socket);
        break;
      case "accepted":
        for (const result of frame.results) this.#settle(result);
        this.#flush();
        break;
      case "error":
        // A refused submit stays in the outbox and goes out again on the next connection.
        throw new Error(`${frame.of}: ${frame.error.code} ${frame.error.rule ?? ""}`);
      default:
        break;
    }
  }

  #store(frame: EntriesFrame, socket: RawClient): void {
    const place = follow(this.#cursor, frame.from, frame.to);
    if (place.kind === "gap") {
      socket.send({ t: "sync", cursor: this.#cursor });
      return;
    }
    const fresh = place.kind === "next" ? frame.entries.slice(place.skip) : [];
    for (const { number, id, conversation, body } of fresh) {
      if (body.kind !== "text" || number === undefined || id === undefined) continue;
      this.#options.history.stored(this.name, { conversation, number, id, text: body.text });
    }
    this.#cursor = Math.max(this.#cursor, frame.to);
    socket.send({ t: "ack", seq: this.#cursor });
  }

  #settle(result: SubmitResult): void {
    const at = this.#outbox.findIndex(({ counter }) => counter === result.counter);
    const waiting = this.#outbox[at];
    if (waiting === undefined) return;
    const { error } = result;
    if (error === undefined) {
      this.#options.history.accepted(this.#idOf(result.counter), result.number ?? null);
      this.#outbox.splice(at, 1);
    } else if (ERRORS[error.code].retry === "never") {
      this.#options.history.refused(this.#idOf(result.counter), error.code);
      this.#outbox.splice(at, 1);
      this.#skip(waiting);
    } else if (error.code === "gap") waiting.isOnItsWay = false;
    else setTimeout(() => this.#again(waiting), error.retryAfterMs ?? 100);
  }

  #again(waiting: Waiting): void {
    waiting.isOnItsWay = false;
    this.#flush();
  }

  /** What followed a refused message follows the one before it now. */
  #skip(refused: Waiting): void {
    const next = this.#outbox.find(({ prev }) => prev === refused.counter);
    if (next !== undefined) next.prev = refused.prev;
    else this.#lastCounter.set(refused.conversation, refused.prev);
  }

  /** One frame at a time: what comes meanwhile goes into the next. */
  #flush(): void {
    if (!this.#isReady || this.#outbox.some(({ isOnItsWay }) => isOnItsWay)) return;
    const batch = this.#nextBatch();
    if (batch.length === 0) return;
    for (const waiting of batch) waiting.isOnItsWay = true;
    const items = batch.map(({ conversation, counter, prev, text }) => ({
      conversation,
      counter,
      prev,
      body: { kind: "text", text },
    }));
    this.#socket?.send({ t: "submit", items });
  }

  #nextBatch(): Waiting[] {
    let bytes = 0;
    return this.#outbox.slice(0, SUBMIT_ITEMS).filter(({ text }) => {
      bytes += utf8Bytes(text);
      return bytes <= SUBMIT_BYTES;
    });
  }

  #idOf(counter: number): string {
    const { user, device } = this.#options;
    return formatMessageId({ user, device, counter });
  }
}
