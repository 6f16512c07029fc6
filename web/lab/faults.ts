import type { Network, NetworkEvent, Platform, Socket, SocketEvents } from "../../client/index.ts";
import { newValue, type Value } from "../hooks/value.ts";
import { frameKindOf } from "./frame-kind.ts";
import { LabLog } from "./log.ts";

/** How this window's network is broken at the moment. */
export interface Conditions {
  readonly cut: boolean;
  readonly slow: boolean;
  readonly loseAcks: boolean;
  readonly loseAnswers: boolean;
}

export const FAIR: Conditions = { cut: false, slow: false, loseAcks: false, loseAnswers: false };
const SLOW_MS = 2_000;

type Direction = "sent" | "received";

/** A platform whose sockets and network break at will. */
export class Faults {
  readonly conditions: Value<Conditions> = newValue(FAIR);
  readonly log = new LabLog();
  private readonly sockets = new Set<FaultySocket>();
  private readonly networkListeners = new Set<(event: NetworkEvent) => void>();

  set(patch: Partial<Conditions>): void {
    const before = this.conditions.get();
    const after = { ...before, ...patch };
    this.conditions.set(after);
    if (before.cut === after.cut) return;
    // What crossed a cut is lost for good: such a socket is of no use afterwards.
    if (before.cut) this.dropSockets();
    for (const listener of this.networkListeners) {
      listener({ kind: after.cut ? "offline" : "online" });
    }
  }

  dropSockets(): void {
    for (const socket of [...this.sockets]) socket.drop();
  }

  wrap(platform: Platform): Platform {
    return {
      ...platform,
      network: this.wrapNetwork(platform.network),
      sockets: {
        open: (url, protocols, events) => {
          const socket = new FaultySocket(this, events);
          socket.real = platform.sockets.open(url, protocols, socket);
          this.sockets.add(socket);
          return socket;
        },
      },
    };
  }

  /** When the frame goes on, in ms from now; undefined: never. */
  fateOf(direction: Direction, text: string): number | undefined {
    const kind = frameKindOf(text);
    const { cut, slow, loseAcks, loseAnswers } = this.conditions.get();
    const lost =
      cut ||
      (loseAcks && direction === "sent" && kind.t === "ack") ||
      (loseAnswers && direction === "received" && kind.t === "accepted");
    this.log.frame(direction, kind, lost);
    if (lost) return undefined;
    return slow ? SLOW_MS : 0;
  }

  forget(socket: FaultySocket): void {
    this.sockets.delete(socket);
  }

  private wrapNetwork(network: Network): Network {
    return {
      online: () => !this.conditions.get().cut && network.online(),
      subscribe: (listener) => {
        this.networkListeners.add(listener);
        const stop = network.subscribe(listener);
        return () => {
          this.networkListeners.delete(listener);
          stop();
        };
      },
    };
  }
}

class FaultySocket implements Socket, SocketEvents {
  real: Socket | undefined;
  private ended = false;
  private readonly faults: Faults;
  private readonly events: SocketEvents;

  constructor(faults: Faults, events: SocketEvents) {
    this.faults = faults;
    this.events = events;
  }

  send(text: string): void {
    this.pass("sent", text, () => this.real?.send(text));
  }

  close(code: number, reason: string): void {
    this.real?.close(code, reason);
  }

  drop(): void {
    this.real?.close(4000, "dropped in the lab");
    this.onClose(1006, "");
  }

  onOpen(): void {
    if (this.faults.conditions.get().cut) return this.drop();
    this.faults.log.opened();
    this.events.onOpen();
  }

  onText(text: string): void {
    this.pass("received", text, () => this.events.onText(text));
  }

  onClose(code: number, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.faults.forget(this);
    this.faults.log.closed(code);
    this.events.onClose(code, reason);
  }

  /** Equal delays keep the order. */
  private pass(direction: Direction, text: string, go: () => void): void {
    const delayMs = this.faults.fateOf(direction, text);
    if (delayMs === undefined) return;
    if (delayMs === 0) return go();
    setTimeout(() => this.ended || go(), delayMs);
  }
}
