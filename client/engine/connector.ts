/** Keeps a socket: drives the connection's state machine and does what it says. */
import type { ClientFrame, ConnectCause, Hello } from "../../protocol/client-frames.ts";
import { spreadHintMs } from "../../protocol/close-codes.ts";
import { PING } from "../../protocol/ping.ts";
import type { ServerFrame, Welcome } from "../../protocol/server-frames.ts";
import { SUB_PROTOCOL, TICKET_PREFIX } from "../../protocol/version.ts";
import {
  hasSocket,
  IDLE_LINK,
  isWelcome,
  type Link,
  type LinkEvent,
  type LinkState,
  linkDueAt,
  stepLink,
} from "../core/connection.ts";
import { decodeIncoming } from "../core/decode.ts";
import { endingOf, NORMAL_CLOSE } from "../core/ending.ts";
import type { ConnectionReason } from "../model.ts";
import type { Config } from "../options.ts";
import type { Platform, Socket } from "../ports.ts";
import type { LearnedHeartbeat } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { Attention } from "./attention.ts";
import { Pulse } from "./pulse.ts";
import type { Tickets } from "./tickets.ts";

export type SessionFrame = Exclude<ServerFrame, Welcome>;

export interface ConnectorEvents {
  hello(cause: ConnectCause, heartbeatMs: number): Hello;
  /** A session began; return how far the store has it. `refuse`: it is not for this client. */
  welcome(frame: Welcome): { readonly have: number } | "other-user";
  frame(frame: SessionFrame): void;
  /** The server's newest seq, from a pong. */
  head(head: number): void;
  /** The session is over: what was under way may have arrived or not. */
  lost(): void;
  state(state: LinkState): void;
  heartbeats(): readonly LearnedHeartbeat[];
  learned(learned: LearnedHeartbeat): void;
}

const CAUSES: Partial<Record<ConnectionReason, ConnectCause>> = {
  "heartbeat-missed": "heartbeat-missed",
  "connect-timeout": "request-timeout",
  "server-closed": "server-closed",
  "token-failed": "token",
  unauthenticated: "token",
  replaced: "replaced",
};

/** One attempt to connect, and its session. */
interface Attempt {
  socket?: Socket;
  isOpen?: boolean;
  hasKeptTicket?: boolean;
}

export class Connector {
  readonly pulse: Pulse;
  #link: Link = IDLE_LINK;
  readonly #config: Config;
  readonly #platform: Platform;
  readonly #tickets: Tickets;
  readonly #attention: Attention;
  readonly #events: ConnectorEvents;
  readonly #alarm: Alarm;
  /** The current attempt or session: events that carry another one are of the past. */
  #current: Attempt = {};
  /** Stands by while a probe is slow; it says hello only once the current one is given up. */
  #spare: Attempt | undefined;
  #cause: ConnectCause = "first";
  /** What the socket may not have survived; undefined as soon as something comes in. */
  #doubt: ConnectCause | undefined;

  constructor(
    config: Config,
    platform: Platform,
    tickets: Tickets,
    attention: Attention,
    events: ConnectorEvents,
  ) {
    this.#config = config;
    this.#platform = platform;
    this.#tickets = tickets;
    this.#attention = attention;
    this.#events = events;
    this.#alarm = new Alarm(platform.clock, () => this.step({ kind: "due" }));
    this.pulse = new Pulse(platform.clock, attention, {
      ping: () => this.#current.socket?.send(PING),
      dead: () => this.lose("heartbeat-missed", true),
      slow: () => this.#hedge(),
      giveUp: () => this.step({ kind: "hide" }),
      announce: (heartbeatMs) => this.send({ t: "pace", heartbeatMs }),
      learned: (learned) => events.learned(learned),
    });
  }

  get state(): LinkState {
    return this.#link.state;
  }

  /** Whether frames can be sent now; that says nothing about their arrival. */
  get ready(): boolean {
    return isWelcome(this.#link.state);
  }

  start(device: string): void {
    this.#device = device;
    this.step({ kind: "start" });
  }

  stop(reason: ConnectionReason): void {
    this.step({ kind: "stop", reason });
  }

  send(frame: ClientFrame): void {
    if (!this.ready) return;
    this.#current.socket?.send(JSON.stringify(frame));
    this.pulse.said();
  }

  step(event: LinkEvent): void {
    const before = this.#link.state;
    const { link, effect } = stepLink(this.#link, event, {
      now: this.#platform.clock.monotonic(),
      random: this.#platform.random.unit(),
      connectTimeoutMs: this.#config.connectTimeoutMs,
    });
    this.#link = link;
    this.#alarm.set(linkDueAt(link.state));
    if (!hasSocket(link.state) && link.state.kind !== "backoff") this.#dismiss();
    if (effect === "drop" || effect === "open") this.#drop(isWelcome(before));
    if (link.state !== before) this.#events.state(link.state);
    if (effect === "open") this.#open();
    if (effect === "hello") this.#sayHello();
  }

  lose(reason: ConnectionReason, local: boolean, spreadMs?: number): void {
    const doubt = this.#doubt;
    this.#cause = doubt ?? CAUSES[reason] ?? "unknown";
    const hidden = !this.#attention.visible;
    // What ends in doubt ends for us alone, whoever has closed it.
    const loss = { local: local || doubt !== undefined, spreadMs, hidden };
    this.step({ kind: "lost", reason, loss });
    if (this.#spare?.isOpen) this.step({ kind: "wake" });
  }

  /** Something happened that a living socket may not have survived. */
  wake(cause: ConnectCause): void {
    if (this.ready) {
      this.#doubt = cause;
      return this.pulse.probe();
    }
    this.#cause = cause;
    this.step({ kind: "wake" });
  }

  #device = "";

  #drop(hadSession: boolean): void {
    const { socket } = this.#current;
    this.#current = {};
    this.#doubt = undefined;
    if (this.#spare === undefined) this.#tickets.cancel();
    this.pulse.stop();
    socket?.close(NORMAL_CLOSE, "");
    if (hadSession) this.#events.lost();
  }

  #hedge(): void {
    if (this.#spare !== undefined) return;
    this.#spare = {};
    void this.#dial(this.#spare);
  }

  /** Not needed, or no longer; its ticket has been used. */
  #dismiss(): void {
    if (this.#spare === undefined) return;
    const { socket } = this.#spare;
    this.#spare = undefined;
    if (socket === undefined) return;
    this.#tickets.spent();
    socket.close(NORMAL_CLOSE, "");
  }

  #open(): void {
    const spare = this.#spare;
    this.#spare = undefined;
    this.#current = spare ?? {};
    if (spare === undefined) void this.#dial(this.#current);
    else if (spare.isOpen) this.step({ kind: "opened" });
  }

  async #dial(mine: Attempt): Promise<void> {
    const result = await this.#tickets.get(this.#device);
    if (this.#spare === mine && result.kind !== "ticket") this.#spare = undefined;
    if (this.#current !== mine && this.#spare !== mine) return;
    switch (result.kind) {
      case "ticket":
        mine.hasKeptTicket = result.kept;
        this.#openSocket(mine, result.ticket);
        break;
      case "refused":
        this.#refuse();
        break;
      case "forbidden":
        this.step({ kind: "ended", reason: "forbidden" });
        break;
      case "failed":
        this.lose(result.what === "token" ? "token-failed" : "connect-failed", false);
    }
  }

  #openSocket(mine: Attempt, ticket: string): void {
    const url = `${this.#config.url.replace(/^http/, "ws")}/v1/socket`;
    const isCurrent = () => this.#current === mine;
    mine.socket = this.#platform.sockets.open(url, [SUB_PROTOCOL, TICKET_PREFIX + ticket], {
      onOpen: () => {
        mine.isOpen = true;
        if (isCurrent()) this.step({ kind: "opened" });
      },
      onText: (text) => isCurrent() && this.#receive(text),
      onClose: (code, reason) => {
        if (isCurrent()) this.#closed(code, reason);
        else if (this.#spare === mine) this.#dismiss();
      },
    });
  }

  #sayHello(): void {
    const hello = this.#events.hello(this.#cause, this.pulse.intervalMs);
    this.#current.socket?.send(JSON.stringify(hello));
  }

  #receive(text: string): void {
    this.pulse.heard();
    this.#doubt = undefined;
    this.#dismiss();
    const frame = decodeIncoming(text);
    if (frame === undefined) return;
    if (frame.t === "pong") {
      if (frame.head !== undefined) this.#events.head(frame.head);
    } else if (frame.t === "welcome") this.#welcome(frame);
    else if (this.ready) this.#events.frame(frame);
  }

  #welcome(frame: Welcome): void {
    if (this.#link.state.kind !== "authenticating") return;
    this.#tickets.spent();
    const answer = this.#events.welcome(frame);
    if (answer === "other-user") return this.step({ kind: "ended", reason: answer });
    this.#tickets.hold(frame.ticket);
    this.step({ kind: "welcomed", have: answer.have, want: frame.head });
    this.pulse.start(frame.network ?? "", this.#events.heartbeats());
  }

  #closed(code: number, reason: string): void {
    const ending = endingOf(code);
    if (ending === "unauthenticated") return this.#refuse();
    if (ending !== undefined) return this.step({ kind: "ended", reason: ending });
    const opened = this.#link.state.kind !== "connecting";
    this.lose(opened ? "server-closed" : "connect-failed", false, spreadHintMs(reason));
  }

  #refuse(): void {
    if (this.#current.hasKeptTicket && !this.ready) {
      // It was used by a socket that died young, or has ended: that says nothing about the token.
      this.#tickets.spent();
      return this.lose("unauthenticated", true);
    }
    this.#tickets.refused();
    this.#cause = "token";
    this.step({ kind: "refused", reason: "unauthenticated" });
  }
}
