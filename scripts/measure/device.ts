/**
 * A device for measuring: bare frames, few cycles of its own, acks as the SDK does. It counts what
 * comes and keeps nothing.
 */
import { WebSocket } from "ws";
import { type AckPlan, ackAt, noteHandled } from "../../client/core/inbox.ts";
import type { Content } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/names.ts";
import { PING } from "../../protocol/ping.ts";
import type { ServerFrame } from "../../protocol/server-frames.ts";
import { PROTOCOL_VERSION, SUB_PROTOCOL, TICKET_PREFIX } from "../../protocol/version.ts";

const WAIT_MS = 600_000;

export type Received = ServerFrame | { readonly t: "pong" };

export interface DeviceOptions {
  readonly socketUrl: string;
  readonly user: string;
  readonly ticket: string;
  /** Handled up to here on an earlier connection. */
  readonly cursor?: number;
  readonly counter?: number;
  /** Loses the first frame of entries: the retry must bring it. */
  readonly losesFirst?: boolean;
}

export class Device {
  readonly user: string;
  /** Handled up to here. */
  cursor: number;
  /** Highest of this device's own messages. */
  counter: number;
  /** Opens the next socket. */
  ticket = "";
  /** Frames of entries and messages of others, since it connected. */
  pages = 0;
  messages = 0;
  accepted = 0;
  /** How far the other side has the conversation on a device. */
  delivered = 0;
  pongs = 0;
  framesSent = 0;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  #toLose: number;
  /** How far it has the log of a large group. */
  #followed = 0;
  #ready = false;
  #delays = { ackDelayMs: 0, ackMaxMs: 0 };
  #plan: AckPlan | undefined;
  #ackTimer: NodeJS.Timeout | undefined;
  #broken: string | undefined;

  private constructor(options: DeviceOptions) {
    const { socketUrl, user, ticket, cursor = 0, counter = 0, losesFirst = false } = options;
    this.user = user;
    this.cursor = cursor;
    this.counter = counter;
    this.#toLose = losesFirst ? 1 : 0;
    const protocols = [SUB_PROTOCOL, TICKET_PREFIX + ticket];
    this.#socket = new WebSocket(socketUrl, protocols, { perMessageDeflate: false });
    this.#socket.on("open", () => this.#hello());
    this.#socket.on("message", (data) => this.#take(JSON.parse(String(data)) as Received));
    this.#socket.on("error", (error) => this.#break(error.message));
    this.#socket.on("close", (code, reason) => this.#break(`closed with ${code} ${reason}`));
  }

  /** Resolves when the server has welcomed it. */
  static async connect(options: DeviceOptions): Promise<Device> {
    const device = new Device(options);
    await device.until(() => device.#ready, "welcome");
    return device;
  }

  /** Sends `count` messages in one frame. */
  say(to: string, count = 1, text = "measured"): void {
    this.tell(directConversation(this.user, to), { kind: "text", text }, count);
  }

  /** The same for any conversation and content; a device speaks in one conversation only. */
  tell(conversation: string, body: Content, count = 1): void {
    const bodies = Array.from({ length: count }, () => body);
    this.tellAll(conversation, bodies);
  }

  /** Different ones in one frame. */
  tellAll(conversation: string, bodies: readonly Content[]): void {
    const items = bodies.map((body) => this.#nextItem(conversation, body));
    this.send({ t: "submit", items });
  }

  ping(): void {
    this.#socket.send(PING);
  }

  send(frame: object): void {
    this.framesSent += 1;
    this.#socket.send(JSON.stringify(frame));
  }

  /** Resolves once `holds` is true; asked again after each frame that came in. */
  until(holds: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.#broken === undefined && !holds()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        if (this.#broken === undefined) resolve();
        else reject(new Error(`${this.#state()} waited for ${what}: ${this.#broken}`));
      };
      const timer = setTimeout(() => this.#break(`no ${what} in ${WAIT_MS} ms`), WAIT_MS);
      this.#waiting.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#ackTimer);
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    this.#socket.close(1000);
    await closed;
  }

  #nextItem(conversation: string, body: Content): object {
    const prev = this.counter;
    this.counter += 1;
    return { conversation, counter: this.counter, prev, body };
  }

  #hello(): void {
    this.send({
      t: "hello",
      version: PROTOCOL_VERSION,
      cursor: this.cursor,
      capabilities: ["ack"],
      app: { name: "measure", version: "1.0", platform: "measure" },
      heartbeatMs: 25_000,
      cause: "first",
    });
  }

  #take(frame: Received): void {
    switch (frame.t) {
      case "welcome":
        this.#ready = true;
        this.ticket = frame.ticket;
        this.#delays = frame;
        break;
      case "entries":
        this.#handle(frame);
        break;
      case "accepted":
        for (const { error } of frame.results) {
          if (error === undefined) this.accepted += 1;
          else this.#break(`refused: ${JSON.stringify(error)}`);
        }
        break;
      case "marks":
        this.delivered = Math.max(this.delivered, frame.delivered);
        break;
      case "log":
        this.#follow(frame);
        break;
      case "pong":
        this.pongs += 1;
        break;
      case "error":
        this.#break(JSON.stringify(frame.error));
        break;
      default:
        break;
    }
    for (const look of this.#waiting) look();
  }

  #handle(frame: Extract<ServerFrame, { t: "entries" }>): void {
    if (this.#toLose > 0) {
      this.#toLose -= 1;
      return;
    }
    // A retry of what is handled already: the ack was late.
    if (frame.to <= this.cursor) return this.#ack();
    if (frame.from !== this.cursor + 1) return this.#break(`a hole before ${frame.from}`);
    this.pages += 1;
    this.cursor = frame.to;
    for (const { body, id } of frame.entries) {
      if (body.kind === "receipt") this.delivered = Math.max(this.delivered, body.delivered);
      if (body.kind === "text" && id?.startsWith(`${this.user}:`) === false) this.messages += 1;
    }
    this.#planAck(frame.count);
  }

  /** A large group's log, of which each of these follows one: what it has it says at once. */
  #follow({ conversation, to, entries }: Extract<ServerFrame, { t: "log" }>): void {
    for (const { number, id, body } of entries) {
      if (number <= this.#followed || body.kind !== "text") continue;
      if (!id.startsWith(`${this.user}:`)) this.messages += 1;
    }
    this.#followed = Math.max(this.#followed, to);
    this.send({ t: "have", conversation, number: to });
  }

  #planAck(count: number): void {
    const now = Date.now();
    this.#plan = noteHandled(this.#plan, count, now);
    clearTimeout(this.#ackTimer);
    const waitMs = ackAt(this.#plan, this.#delays) - now;
    if (waitMs <= 0) return this.#ack();
    this.#ackTimer = setTimeout(() => this.#ack(), waitMs);
  }

  #ack(): void {
    clearTimeout(this.#ackTimer);
    this.#plan = undefined;
    this.send({ t: "ack", seq: this.cursor });
  }

  #state(): string {
    const { user, cursor, counter, messages, accepted } = this;
    return JSON.stringify({ user, cursor, counter, messages, accepted });
  }

  #break(why: string): void {
    this.#broken ??= why;
    for (const look of this.#waiting) look();
  }
}
