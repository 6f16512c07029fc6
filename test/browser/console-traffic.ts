/** A few exactly known messages for the console to show. */
import { directConversation } from "../../protocol/names.ts";
import { signIn } from "../support/accounts.ts";
import type { RawClient, RawFrame } from "../support/raw-client.ts";
import { openSession } from "../support/session.ts";
import type { Stage } from "../support/stage.ts";

export const SENDER = { user: "ada", device: "ada-device" };
export const READER = { user: "bob", device: "bob-device" };
/** Acks only what it has got twice. */
export const LATE = { user: "eve", device: "eve-device" };
export const MESSAGES = 12;

export class Traffic {
  readonly #url: string;
  readonly #sockets = new Map<string, RawClient>();
  #counter = 0;
  #last = new Map<string, number>();

  private constructor(url: string) {
    this.#url = url;
  }

  static async begin({ server }: Stage): Promise<Traffic> {
    const traffic = new Traffic(server.url);
    for (const { user, device } of [SENDER, READER, LATE]) {
      const socket = await openSession(server.url, user, device);
      traffic.#sockets.set(user, socket);
    }
    for (const { user } of [SENDER, READER]) void traffic.#ackAll(user);
    return traffic;
  }

  /** Sends one message; resolves with its id when it is accepted. */
  async say(to: string): Promise<string> {
    const conversation = directConversation(SENDER.user, to);
    this.#counter += 1;
    const counter = this.#counter;
    const prev = this.#last.get(conversation) ?? 0;
    this.#last.set(conversation, counter);
    const body = { kind: "text", text: `number ${counter}` };
    const socket = this.#socketOf(SENDER.user);
    socket.send({ t: "submit", items: [{ conversation, counter, prev, body }] });
    await socket.next("accepted");
    return `${SENDER.user}:${SENDER.device}:${counter}`;
  }

  /** The late reader lets the first push pass and acks the second. */
  async ackLate(): Promise<void> {
    const socket = this.#socketOf(LATE.user);
    const isRetry = ({ t, route }: RawFrame) => t === "entries" && route === "retry";
    const retry = await socket.nextMatching(isRetry, "retry");
    socket.send({ t: "ack", seq: retry["to"] });
  }

  closingOf(user: string): Promise<{ readonly code: number }> {
    return this.#socketOf(user).expectClose();
  }

  /** Objects hand their counts over when something happens: this is something. */
  async stir(): Promise<void> {
    for (const { user } of [SENDER, READER, LATE]) {
      const headers = { Authorization: `Bearer ${await signIn(this.#url, user)}` };
      await fetch(`${this.#url}/v1/devices`, { headers });
    }
  }

  end(): void {
    for (const socket of this.#sockets.values()) socket.terminate();
  }

  async #ackAll(user: string): Promise<void> {
    const socket = this.#socketOf(user);
    while (socket.isOpen) {
      const entries = await socket.next("entries", 600_000).catch(() => undefined);
      if (entries !== undefined && socket.isOpen) socket.send({ t: "ack", seq: entries["to"] });
    }
  }

  #socketOf(user: string): RawClient {
    const socket = this.#sockets.get(user);
    if (socket === undefined) throw new Error(`${user} takes no part`);
    return socket;
  }
}
