/** The adapters of Node over a network that breaks at will. */
import type { Network, NetworkEvent, Platform, Socket, SocketEvents } from "../../client/index.ts";

export interface Conditions {
  /** How long an ack waits before it leaves, in ms; absent: acks are left alone. */
  readonly ackDelayMs?: () => number;
  /** Shares of acks, and of answers to what was sent, that get lost. */
  readonly ackLoss: number;
  readonly answerLoss: number;
}

/** Beyond this an open socket is left as if the cable had been pulled. */
const CLOSED_ABNORMALLY = 1006;

export class FaultyNetwork {
  readonly #conditions: Conditions;
  readonly #sockets = new Set<FaultySocket>();
  readonly #listeners = new Set<(event: NetworkEvent) => void>();
  #isOnline = true;

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  wrap(platform: Platform, name: string): Platform {
    const network: Network = {
      online: () => this.#isOnline,
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    const open = (url: string, protocols: readonly string[], events: SocketEvents) => {
      const socket = new FaultySocket(this.#conditions, events);
      socket.connect(platform.sockets.open(url, protocols, socket));
      this.#sockets.add(socket);
      return socket;
    };
    return { ...platform, name, network, sockets: { open } };
  }

  /** Ends every socket without a goodbye. */
  drop(): void {
    for (const socket of this.#sockets) socket.drop();
    this.#sockets.clear();
  }

  /** As in a tunnel: the client knows that there is no network. */
  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
    if (!isOnline) this.drop();
    for (const listener of this.#listeners) listener({ kind: isOnline ? "online" : "offline" });
  }
}

class FaultySocket implements Socket, SocketEvents {
  readonly #conditions: Conditions;
  readonly #events: SocketEvents;
  #real: Socket | undefined;
  #isDropped = false;
  #leavesAt = 0;

  constructor(conditions: Conditions, events: SocketEvents) {
    this.#conditions = conditions;
    this.#events = events;
  }

  connect(real: Socket): void {
    this.#real = real;
  }

  drop(): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.#real?.close(1000, "");
    this.#events.onClose(CLOSED_ABNORMALLY, "");
  }

  send(text: string): void {
    const { ackDelayMs, ackLoss } = this.#conditions;
    if (!isFrame(text, "ack") || ackDelayMs === undefined) return this.#pass(text);
    if (Math.random() < ackLoss) return;
    // None overtakes another: they cover each other, and the latest would undo the delay.
    this.#leavesAt = Math.max(this.#leavesAt, Date.now() + ackDelayMs());
    setTimeout(() => this.#pass(text), this.#leavesAt - Date.now());
  }

  close(code: number, reason: string): void {
    this.#real?.close(code, reason);
  }

  onOpen(): void {
    if (!this.#isDropped) this.#events.onOpen();
  }

  onText(text: string): void {
    const isLost = isFrame(text, "accepted") && Math.random() < this.#conditions.answerLoss;
    if (!this.#isDropped && !isLost) this.#events.onText(text);
  }

  onClose(code: number, reason: string): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.#events.onClose(code, reason);
  }

  #pass(text: string): void {
    if (!this.#isDropped) this.#real?.send(text);
  }
}

function isFrame(text: string, kind: string): boolean {
  return text.startsWith(`{"t":"${kind}"`);
}
