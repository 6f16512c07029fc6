/** A runtime that is far away from every server, and whose network changes under its open sockets. */
import type { NetworkEvent, Platform, Socket, SocketEvents } from "../../client/ports.ts";

interface Link {
  readonly close: () => void;
  isGone: boolean;
}

export class MovingNetwork {
  readonly platform: Platform;
  readonly #inner: Platform;
  readonly #roundTripMs: number;
  readonly #links = new Set<Link>();
  readonly #listeners = new Set<(event: NetworkEvent) => void>();

  constructor(inner: Platform, roundTripMs: number) {
    this.#inner = inner;
    this.#roundTripMs = roundTripMs;
    this.platform = {
      ...inner,
      sockets: { open: (...args) => this.#open(...args) },
      network: {
        online: () => true,
        subscribe: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
      },
    };
  }

  tell(event: NetworkEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Nothing passes over what is open, and nobody is told. */
  silence(): void {
    for (const link of this.#links) link.isGone = true;
    this.#links.clear();
  }

  /** The system closes what is open. */
  reset(): void {
    const links = [...this.#links];
    this.silence();
    for (const { close } of links) close();
  }

  /** One round trip each for TCP, TLS and the upgrade. */
  #open(url: string, protocols: readonly string[], events: SocketEvents): Socket {
    const link: Link = { isGone: false, close: () => events.onClose(1006, "") };
    this.#links.add(link);
    const later = (roundTrips: number, call: () => void) =>
      setTimeout(() => link.isGone || call(), roundTrips * this.#roundTripMs);
    const socket = this.#inner.sockets.open(url, protocols, {
      onOpen: () => later(3, events.onOpen),
      onText: (text) => later(0.5, () => events.onText(text)),
      onClose: (code, reason) => later(0.5, () => events.onClose(code, reason)),
    });
    return {
      send: (text) => later(0.5, () => socket.send(text)),
      close: (code, reason) => {
        link.isGone = true;
        this.#links.delete(link);
        socket.close(code, reason);
      },
    };
  }
}
