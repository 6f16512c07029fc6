/**
 * One user's side of the protocol, small enough to read: a timeline, devices that are fed from it,
 * and switches for what may go wrong on the way.
 */

import { isCountable } from "../../../client/core/amend.ts";
import type { Http, Socket, SocketEvents, Sockets } from "../../../client/ports.ts";
import type { ClientFrame, SubmitItem } from "../../../protocol/client-frames.ts";
import type { Body, Changes, Entry } from "../../../protocol/entries.ts";
import { rangeOf } from "../../../protocol/history.ts";
import { PING, pong } from "../../../protocol/ping.ts";
import type {
  ConversationState,
  ServerFrame,
  SubmitResult,
} from "../../../protocol/server-frames.ts";
import { PersonalServer } from "./personal-server.ts";

interface Peer {
  readonly events: SocketEvents;
  readonly device: string;
  greeted: boolean;
  open: boolean;
  /** Newest seq that was sent to it, and that it has acked. */
  sent: number;
  acked: number;
}

type Rule = (frame: ClientFrame, peer: Peer) => "swallow" | "deaf" | undefined;

const WINDOW = 64;

export class FakeServer {
  readonly user: string;
  readonly entries: Entry[] = [];
  readonly frames: ClientFrame[] = [];
  readonly sockets: Peer[] = [];
  tickets = 0;
  connects = 0;
  pings = 0;
  floor = 0;
  /** Nothing gets through, nobody is told. */
  blackHole = false;
  unreachable = false;
  losesPings = false;
  /** Entries wait until the next event after this has ended. */
  holdsFeed = false;
  refuseTickets = false;
  tokenStatus = 200;
  welcome: Partial<Extract<ServerFrame, { t: "welcome" }>> = {};
  /** Looks at each frame first: `swallow` loses the frame, `deaf` takes it and loses the answer. */
  rule: Rule = () => undefined;
  /** Judges a message before the log does. */
  judge: (item: SubmitItem) => SubmitResult["error"] | undefined = () => undefined;
  private readonly numbers = new Map<string, number>();
  private readonly last = new Map<string, number>();
  private readonly known = new Map<string, SubmitResult>();
  private readonly wallNow: () => number;
  private readonly personal: PersonalServer;

  constructor(user: string, wallNow: () => number) {
    this.user = user;
    this.wallNow = wallNow;
    this.personal = new PersonalServer(user, (conversation, body) => {
      this.note(conversation, body);
    });
  }

  /** Answers questions that are asked over HTTP; by default nobody is there. */
  get: Http["get"] = () => lost(false);
  put: Http["put"] = () => lost(false);
  delete: Http["delete"] = () => lost(false);

  readonly platformHttp: Http = {
    get: (url, headers) => (this.unreachable ? lost(this.blackHole) : this.get(url, headers)),
    put: (...args) => (this.unreachable ? lost(this.blackHole) : this.put(...args)),
    delete: (...args) => (this.unreachable ? lost(this.blackHole) : this.delete(...args)),
    post: (_url, _headers, body) => {
      const { device } = body as { device: string };
      if (this.unreachable || this.blackHole) return lost(this.blackHole);
      this.tickets += 1;
      const response = {
        status: this.tokenStatus,
        body: { ticket: `t.${device}.${this.tickets}` },
      };
      return { response: Promise.resolve(response), cancel: () => {} };
    },
  };

  readonly platformSockets: Sockets = {
    open: (_url, protocols, events) => this.accept(protocols, events),
  };

  /** Something that another user, or another device of this one, put into a conversation. */
  arrive(
    conversation: string,
    body: Body,
    id = `bob:deviceofbob:${this.entries.length + 1}`,
    changes?: Changes,
  ): Entry {
    const number = (this.numbers.get(conversation) ?? 0) + 1;
    this.numbers.set(conversation, number);
    const about = changes === undefined ? {} : { changes };
    return this.append({ conversation, number, id, body, ...about });
  }

  /** The log of a group goes on without this user: the next entry has this number. */
  skipTo(conversation: string, number: number): void {
    this.numbers.set(conversation, number - 1);
  }

  /** What belongs to the user alone: receipts, read marks, failures. */
  note(conversation: string, body: Body, id?: string): Entry {
    return this.append(id === undefined ? { conversation, body } : { conversation, body, id });
  }

  /** A device has read: what is unread beyond is counted, as the real one does. */
  private read(conversation: string, upTo: number): void {
    const beyond = this.entries.filter(
      ({ conversation: of, number = 0, id, body }) =>
        of === conversation &&
        number > upTo &&
        isCountable(body) &&
        !id?.startsWith(`${this.user}:`),
    );
    this.note(conversation, { kind: "read", number: upTo, unread: beyond.length });
    this.personal.read(conversation);
  }

  text(conversation: string, text: string): Entry {
    return this.arrive(conversation, { kind: "text", text });
  }

  /** The messages of a conversation, in order. */
  log(conversation: string): string[] {
    return this.entries
      .filter((entry) => entry.conversation === conversation && entry.number !== undefined)
      .map(({ body }) => (body.kind === "text" ? body.text : body.kind));
  }

  get live(): readonly Peer[] {
    return this.sockets.filter(({ open }) => open);
  }

  /** Ends all sockets as the network would. */
  cut(code = 1006, reason = ""): void {
    for (const peer of this.live) {
      peer.open = false;
      peer.events.onClose(code, reason);
    }
  }

  /** The client's process is gone: its sockets are open to nobody. */
  forget(): void {
    for (const peer of this.live) peer.open = false;
  }

  send(frame: ServerFrame): void {
    for (const peer of this.live) this.tell(peer, frame);
  }

  private accept(protocols: readonly string[], events: SocketEvents): Socket {
    this.connects += 1;
    const device = protocols[1]?.split(".")[2] ?? "";
    const peer: Peer = { events, device, greeted: false, open: true, sent: 0, acked: 0 };
    this.sockets.push(peer);
    queueMicrotask(() => this.greet(peer));
    return {
      send: (text) => this.hear(peer, text),
      close: () => {
        peer.open = false;
      },
    };
  }

  private greet(peer: Peer): void {
    if (this.blackHole) return;
    const end = (code: number) => {
      peer.open = false;
      peer.events.onClose(code, "");
    };
    if (this.unreachable) return end(1006);
    peer.events.onOpen();
    if (this.refuseTickets) end(4401);
  }

  private hear(peer: Peer, text: string): void {
    if (!peer.open || this.blackHole) return;
    if (text === PING) {
      this.pings += 1;
      return queueMicrotask(() => {
        if (!this.blackHole && !this.losesPings && peer.open)
          peer.events.onText(pong(this.entries.length));
      });
    }
    const frame = JSON.parse(text) as ClientFrame;
    this.frames.push(frame);
    const way = this.rule(frame, peer);
    if (way === "swallow") return;
    queueMicrotask(() => this.answer(peer, frame, way === "deaf"));
  }

  private answer(peer: Peer, frame: ClientFrame, deaf: boolean): void {
    switch (frame.t) {
      case "hello":
        return this.hello(peer, frame.cursor);
      case "submit":
        return this.submit(peer, frame.items, deaf);
      case "ack":
        peer.acked = Math.max(peer.acked, frame.seq);
        return this.feed(peer);
      case "sync":
        peer.sent = frame.cursor;
        return this.feed(peer);
      case "read":
        return this.read(frame.conversation, frame.number);
      case "arrange":
      case "folders":
      case "draft":
        return this.tell(peer, this.personal.take(frame, peer.device));
      case "block":
        this.note(`direct:${this.user},${this.user}`, {
          kind: "blocked",
          user: frame.user,
          on: frame.on,
        });
        return this.tell(peer, { t: "done", ref: frame.ref });
      case "answer-request": {
        const state = frame.accept ? "accepted" : "declined";
        this.note(frame.conversation, { kind: "request", state });
        return this.tell(peer, { t: "done", ref: frame.ref });
      }
      case "history":
        return this.history(peer, frame);
      case "snapshot":
        return this.tell(peer, this.snapshot(frame.ref, frame.after));
      case "renew":
        return this.tell(peer, {
          t: "renewed",
          ref: frame.ref,
          expiresAt: this.wallNow() + 3_600_000,
          ticket: `t.${peer.device}.renewed`,
        });
      default:
        return undefined;
    }
  }

  private hello(peer: Peer, cursor: number | null): void {
    const head = this.entries.length;
    const reset = cursor !== null && (cursor < this.floor || cursor > head);
    const from = reset ? head : (cursor ?? 0);
    peer.greeted = true;
    peer.sent = from;
    peer.acked = from;
    this.tell(peer, {
      t: "welcome",
      version: 1,
      user: this.user,
      device: peer.device,
      session: `s${this.connects}`,
      serverTime: this.wallNow(),
      head,
      floor: this.floor,
      cursor: from,
      reset,
      counter: 0,
      expiresAt: this.wallNow() + 3_600_000,
      ticket: `t.${peer.device}.welcome`,
      network: "lab",
      ackDelayMs: 100,
      ackMaxMs: 1_000,
      ...this.welcome,
    });
    if (reset) this.tell(peer, this.snapshot(undefined, undefined));
    this.feed(peer);
  }

  private submit(peer: Peer, items: readonly SubmitItem[], deaf: boolean): void {
    const results = items.map((item) => this.judged(peer, item));
    if (!deaf) this.tell(peer, { t: "accepted", results });
    this.feedAll();
  }

  private judged(peer: Peer, item: SubmitItem): SubmitResult {
    const { conversation, counter, prev, body } = item;
    const lane = `${peer.device} ${conversation}`;
    const have = this.last.get(lane) ?? 0;
    const before = this.known.get(`${peer.device} ${counter}`);
    if (before !== undefined) return before;
    const error = this.judge(item);
    if (error !== undefined) return { conversation, counter, error };
    if (counter <= have) return { conversation, counter, error: { code: "gone" } };
    if (prev !== have) return { conversation, counter, error: { code: "gap", have } };
    this.last.set(lane, counter);
    const id = `${this.user}:${peer.device}:${counter}`;
    const number = (this.numbers.get(conversation) ?? 0) + 1;
    this.numbers.set(conversation, number);
    const entry = {
      seq: this.entries.length + 1,
      conversation,
      number,
      id,
      at: this.wallNow(),
      body,
    };
    this.entries.push(entry);
    if (item.draft !== undefined) this.personal.end(conversation, item.draft, peer.device);
    const result = { conversation, counter, number, at: entry.at };
    this.known.set(`${peer.device} ${counter}`, result);
    return result;
  }

  private append(part: Omit<Entry, "seq" | "at">): Entry {
    const entry = { ...part, seq: this.entries.length + 1, at: this.wallNow() };
    this.entries.push(entry);
    this.feedAll();
    return entry;
  }

  private feedAll(): void {
    for (const peer of this.live) this.feed(peer);
  }

  private feed(peer: Peer): void {
    if (!peer.greeted || this.holdsFeed) return;
    const to = Math.min(this.entries.length, peer.acked + WINDOW);
    if (peer.sent >= to) return;
    const entries = this.entries.slice(peer.sent, to);
    const from = peer.sent + 1;
    peer.sent = to;
    const caughtUp = to === this.entries.length;
    this.tell(peer, {
      t: "entries",
      route: "live",
      from,
      to,
      count: entries.length,
      entries,
      caughtUp,
    });
  }

  private history(peer: Peer, frame: Extract<ClientFrame, { t: "history" }>): void {
    const { ref, conversation } = frame;
    const log = this.entries.filter(
      (entry) => entry.conversation === conversation && entry.number !== undefined,
    );
    const newest = log.length;
    const { from, to } = rangeOf(frame, 1, newest) ?? { from: 1, to: 0 };
    const entries = log.slice(from - 1, to).reverse();
    const [more, newer] = [from > 1, to < newest];
    this.tell(peer, { t: "history", ref, conversation, entries, more, newer });
  }

  /** Two conversations a page, so that pages are exercised. */
  private snapshot(ref: string | undefined, after: string | undefined): ServerFrame {
    const names = [...this.numbers.keys()].sort().filter((name) => name > (after ?? ""));
    const page = names.slice(0, 2);
    const next = names.length > 2 ? page.at(-1) : undefined;
    return {
      t: "snapshot",
      ...(ref === undefined ? {} : { ref }),
      asOf: this.entries.length,
      conversations: page.map((name) => this.stateOf(name)),
      ...(next === undefined ? {} : { next }),
    };
  }

  stateOf(conversation: string): ConversationState {
    const all = this.entries.filter((entry) => entry.conversation === conversation);
    const last = all.filter(({ body }) => isCountable(body)).at(-1);
    return {
      conversation,
      head: this.numbers.get(conversation) ?? 0,
      headSeq: all.at(-1)?.seq ?? 0,
      at: last?.at ?? 0,
      unread: 0,
      read: 0,
      peer: { delivered: 0, read: 0 },
      ...(last === undefined ? {} : { last }),
      ...this.personal.stateOf(conversation),
    };
  }

  private tell(peer: Peer, frame: ServerFrame): void {
    if (peer.open && !this.blackHole) peer.events.onText(JSON.stringify(frame));
  }
}

function lost(forEver: boolean) {
  const response = forEver
    ? new Promise<never>(() => {})
    : Promise.reject(new Error("unreachable"));
  return { response, cancel: () => {} };
}
