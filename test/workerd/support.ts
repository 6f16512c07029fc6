/** Devices on raw frames against the real objects, inside workerd. */
import { env, exports } from "cloudflare:workers";
import type { ClientFrame, SubmitItem } from "../../protocol/client-frames.ts";
import { PING } from "../../protocol/codec.ts";
import type { Content, Entry } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/ids.ts";
import type { ServerFrame, SubmitResult } from "../../protocol/server-frames.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { SUB_PROTOCOL, TICKET_PREFIX } from "../../protocol/version.ts";
import { type Role, signToken } from "../../worker/auth.ts";
import type { DeviceTimeline } from "../../worker/core/device-timeline.ts";
import type { HoldfastEnv } from "../../worker/env.ts";

const HOST = "https://chat.example";
const HOUR_MS = 3_600_000;

export const holdfast = env as unknown as HoldfastEnv;

/** Names nobody else in this run has. */
export function newUser(name: string): string {
  return `${name}.${crypto.randomUUID().slice(0, 8)}`;
}

export async function tokenFor(user: string, role: Role = "user"): Promise<string> {
  const now = Date.now();
  return signToken(holdfast, { user, role, expiresAt: now + HOUR_MS }, now);
}

export async function api(
  path: string,
  user: string,
  init: RequestInit = {},
  role: Role = "user",
): Promise<Response> {
  const headers = { ...init.headers, authorization: `Bearer ${await tokenFor(user, role)}` };
  return exports.default.fetch(new Request(`${HOST}${path}`, { ...init, headers }));
}

export async function setPolicy(patch: object): Promise<void> {
  const body = JSON.stringify(patch);
  const headers = { "content-type": "application/json" };
  const response = await api(
    "/v1/policy",
    "operator",
    { method: "PATCH", body, headers },
    "operator",
  );
  if (!response.ok) throw new Error(`policy refused: ${await response.text()}`);
}

export interface HelloOptions {
  readonly heartbeatMs?: number;
  readonly platform?: string;
  readonly cursor?: number | null;
  readonly acks?: boolean;
  readonly version?: string;
  readonly epoch?: number;
  readonly ticket?: string;
}

/** One socket of one device, speaking frames. */
export class RawDevice {
  readonly user: string;
  readonly device: string;
  readonly frames: ServerFrame[] = [];
  /** Every frame's text, pongs included, for what must never be in one. */
  readonly received: string[] = [];
  /** Entries in the order of their seq, as fed; duplicates are dropped. */
  readonly entries: Entry[] = [];
  closed: { code: number; reason: string } | undefined;
  ticket = "";
  counter = 0;
  autoAck = true;
  readonly #last = new Map<string, number>();
  #start = 0;
  #questions = 0;
  #socket: WebSocket | undefined;
  #waiters: (() => void)[] = [];

  constructor(user: string, device = `dev-${crypto.randomUUID().slice(0, 8)}`) {
    this.user = user;
    this.device = device;
  }

  get cursor(): number {
    return this.entries.at(-1)?.seq ?? this.#start;
  }

  get readyState(): number {
    return this.#socket?.readyState ?? WebSocket.CLOSED;
  }

  async open(ticket?: string): Promise<void> {
    const chosen = ticket ?? (await this.askTicket());
    const response = await exports.default.fetch(
      new Request(`${HOST}/v1/socket`, {
        headers: {
          upgrade: "websocket",
          "sec-websocket-protocol": `${SUB_PROTOCOL}, ${TICKET_PREFIX}${chosen}`,
        },
      }),
    );
    const socket = response.webSocket;
    if (socket === null) throw new Error(`no socket: ${response.status} ${await response.text()}`);
    this.closed = undefined;
    this.#socket = socket;
    socket.accept();
    socket.addEventListener("message", (event) => this.#take(socket, String(event.data)));
    socket.addEventListener("close", (event) => {
      if (socket !== this.#socket) return;
      this.closed = { code: event.code, reason: event.reason };
      this.#wake();
    });
  }

  async askTicket(): Promise<string> {
    const body = JSON.stringify({ device: this.device });
    const headers = { "content-type": "application/json" };
    const response = await api("/v1/tickets", this.user, { method: "POST", body, headers });
    const { ticket } = (await response.json()) as { ticket: string };
    return ticket;
  }

  async connect(options: HelloOptions = {}): Promise<Extract<ServerFrame, { t: "welcome" }>> {
    await this.open(options.ticket);
    this.hello(options);
    const welcome = await this.next("welcome");
    this.ticket = welcome.ticket;
    this.counter = Math.max(this.counter, welcome.counter);
    return welcome;
  }

  hello(options: HelloOptions = {}): void {
    this.send({
      t: "hello",
      version: 1,
      cursor: options.cursor === undefined ? this.cursor : options.cursor,
      capabilities: options.acks === false ? [] : ["ack"],
      app: {
        name: "raw",
        version: options.version ?? "1.0.0",
        platform: options.platform ?? "test",
      },
      heartbeatMs: options.heartbeatMs ?? 25_000,
      cause: "first",
      ...(options.epoch === undefined ? {} : { epoch: options.epoch }),
    });
  }

  send(frame: ClientFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string | ArrayBuffer): void {
    this.#socket?.send(text);
  }

  /** Sends one message and returns its counter. */
  say(to: string, content: string | Content): number {
    return this.sayIn(directConversation(this.user, to), content);
  }

  sayIn(conversation: string, content: string | Content): number {
    const body: Content = typeof content === "string" ? { kind: "text", text: content } : content;
    this.counter += 1;
    const prev = this.#last.get(conversation) ?? 0;
    this.#last.set(conversation, this.counter);
    this.send({
      t: "submit",
      items: [{ conversation, counter: this.counter, prev, body }],
    });
    return this.counter;
  }

  /** Sends this message as it is and returns the answer to this very attempt. */
  async submit(item: SubmitItem): Promise<SubmitResult> {
    this.#forget(item);
    this.send({ t: "submit", items: [item] });
    return this.result(item.counter, item.conversation);
  }

  /**
   * Resolves when the object has handled everything sent so far, and everything that it sent until
   * then is here: frames of one socket are handled and answered in order.
   */
  async settle(): Promise<void> {
    this.#questions += 1;
    const ref = `settle-${this.#questions}`;
    const conversation = "direct:nobody.a,nobody.b";
    this.send({ t: "history", ref, conversation, limit: 1 });
    await this.until(() => {
      const index = this.frames.findIndex((frame) => frame.t === "error" && frame.ref === ref);
      return index === -1 ? undefined : this.frames.splice(index, 1);
    });
  }

  /** Whether the heartbeat is answered, and with which head. */
  async ping(): Promise<number> {
    const before = this.received.length;
    this.sendText(PING);
    return this.until(() => {
      const text = this.received.slice(before).find((one) => one.startsWith('{"t":"pong"'));
      return text === undefined ? undefined : (JSON.parse(text) as { head: number }).head;
    });
  }

  async result(counter: number, conversation?: string): Promise<SubmitResult> {
    return this.until(() => {
      for (const frame of this.frames) {
        if (frame.t !== "accepted") continue;
        const found = frame.results.find(
          (one) =>
            one.counter === counter && (conversation ?? one.conversation) === one.conversation,
        );
        if (found !== undefined) return found;
      }
      return undefined;
    });
  }

  /** The next frame of this kind, which is taken out of the queue. */
  async next<T extends ServerFrame["t"]>(t: T): Promise<Extract<ServerFrame, { t: T }>> {
    return this.until(() => {
      const index = this.frames.findIndex((frame) => frame.t === t);
      if (index === -1) return undefined;
      const [frame] = this.frames.splice(index, 1);
      return frame as Extract<ServerFrame, { t: T }>;
    });
  }

  async texts(count: number): Promise<string[]> {
    return this.until(() => {
      const texts = this.entries.flatMap(({ body }) => (body.kind === "text" ? [body.text] : []));
      return texts.length >= count ? texts : undefined;
    });
  }

  async until<T>(look: () => T | undefined): Promise<T> {
    const deadline = Date.now() + 5_000;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0) {
        throw new Error(`${this.user}: waited in vain; frames: ${JSON.stringify(this.frames)}`);
      }
      await this.#somethingNew(Math.min(left, 100));
    }
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    return this.until(() => this.closed);
  }

  ack(seq = this.cursor): void {
    this.send({ t: "ack", seq });
  }

  close(code = 1000): void {
    this.#socket?.close(code, "");
  }

  #take(socket: WebSocket, text: string): void {
    if (socket !== this.#socket) return;
    this.received.push(text);
    if (text.startsWith('{"t":"pong"')) return this.#wake();
    const frame = JSON.parse(text) as ServerFrame;
    this.frames.push(frame);
    if (frame.t === "welcome" && frame.reset) this.#startAt(frame.cursor);
    if (frame.t === "entries" && frame.route !== "urgent") this.#follow(frame.entries);
    this.#wake();
  }

  #follow(entries: readonly Entry[]): void {
    for (const entry of entries) if (entry.seq === this.cursor + 1) this.entries.push(entry);
    if (this.autoAck && this.readyState === WebSocket.OPEN) this.ack();
  }

  /** The next frame or close, or a while: what is waited for may show elsewhere. */
  async #somethingNew(atMostMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push(resolve);
    const timer = setTimeout(resolve, atMostMs);
    await promise;
    clearTimeout(timer);
  }

  /** Told to reset: what it had counts no more. */
  #startAt(cursor: number): void {
    this.entries.length = 0;
    this.#start = cursor;
  }

  #forget({ conversation, counter }: SubmitItem): void {
    const isOther = (one: SubmitResult) =>
      one.counter !== counter || one.conversation !== conversation;
    for (const frame of this.frames) {
      if (frame.t === "accepted") frame.results = frame.results.filter(isOther);
    }
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

/** Defaults but for what a test needs: no alarm fires by itself, nobody is a stranger. */
export async function freshPolicy(patch: object = {}): Promise<void> {
  const never = { kind: "fixed", delayMs: 3_600_000 };
  await setPolicy({
    ...DEFAULT_SETTINGS,
    recipients: "any",
    connectsPerMinute: 1_000,
    safetyAlarmMs: 60_000,
    retry: { ...DEFAULT_SETTINGS.retry, strategies: { default: never }, jitter: 0 },
    ...patch,
  });
}

/** What the API tells of one of this user's devices. */
export async function deviceTimelineOf(device: RawDevice): Promise<DeviceTimeline> {
  const response = await api(`/v1/devices/${device.device}/timeline`, device.user);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as DeviceTimeline;
}
