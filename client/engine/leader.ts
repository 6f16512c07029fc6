/** One connection and everything that hangs on it: of the only client of a store, or of one tab. */
import type { ConnectCause, Hello } from "../../protocol/client-frames.ts";
import type { Welcome } from "../../protocol/server-frames.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import type { LinkState } from "../core/connection.ts";
import { LATER_MS } from "../core/outbox.ts";
import { rememberLearned } from "../core/pace.ts";
import { retryOf } from "../core/retry.ts";
import { HoldfastError } from "../errors.ts";
import type { LifecycleEvent, NetworkEvent } from "../ports.ts";
import type { LearnedHeartbeat, OutboxRow } from "../store.ts";
import { Attention } from "./attention.ts";
import type { Change } from "./change.ts";
import { Connector, type SessionFrame } from "./connector.ts";
import type { LeaderContext } from "./context.ts";
import { type FetchPage, fetchPage } from "./history.ts";
import type { LeaderEvents, LeaderSetup } from "./leader-setup.ts";
import { Marking } from "./marking.ts";
import { OnDemand } from "./on-demand.ts";
import { Outgoing } from "./outgoing.ts";
import { EXTRAS } from "./parts.ts";
import { Receiving } from "./receiving.ts";
import { Renewing } from "./renewing.ts";
import { Requests } from "./requests.ts";
import { Resetting } from "./resetting.ts";
import { Tickets } from "./tickets.ts";
import { Writer } from "./writer.ts";

export class Leader {
  readonly sending: Outgoing;
  readonly marking: Marking;
  readonly onDemand: OnDemand;
  readonly fetchPage: FetchPage;
  readonly connector: Connector;
  readonly #setup: LeaderSetup;
  readonly #events: LeaderEvents;
  readonly #context: LeaderContext;
  readonly #attention: Attention;
  readonly #tickets: Tickets;
  readonly #receiving: Receiving;
  readonly #requests: Requests;
  readonly #resetting: Resetting;
  readonly #renewing: Renewing;
  #heartbeats: readonly LearnedHeartbeat[];
  readonly #unsubscribe: (() => void)[];

  constructor(setup: LeaderSetup, events: LeaderEvents) {
    const { config, platform, store, book, tokens, meta, epoch } = setup;
    const { clock } = platform;
    this.#setup = setup;
    this.#events = events;
    this.#heartbeats = meta.heartbeats;
    this.#attention = new Attention(clock, platform.lifecycle);
    this.#tickets = new Tickets(config, platform, tokens, (user) => this.#named(user));
    this.#tickets.hold(meta.ticket);
    this.connector = this.#makeConnector();
    const writer = new Writer(store, epoch, {
      ...{ onFenced: () => events.onFenced(), onBroken: (error) => events.onBroken(error) },
      onChange: (change) => this.#changed(change),
    });
    this.#context = {
      config,
      platform,
      store,
      book,
      tokens,
      writer,
      connector: this.connector,
      tell: (change) => events.onChange(change),
      read: (image) => events.onRead(image),
      emit: (event) => events.onEvent(event),
    };
    this.sending = new Outgoing(this.#context, meta.counter, setup.name);
    this.marking = new Marking(this.#context);
    this.#requests = new Requests(clock, this.connector, config.requestTimeoutMs);
    this.onDemand = new OnDemand(this.#context, this.#requests, {
      handler: setup.handler,
      onKept: (arrived) => this.#receiving.kept(arrived),
      onFetched: (id) => this.#receiving.lifetimes.look(id),
      onMore: () => this.#receiving.handOn(),
    });
    this.#renewing = new Renewing(clock, tokens, this.#tickets, this.#requests);
    this.#receiving = new Receiving(this.#context, meta, setup.handler, {
      returned: (conversation, counter) => this.sending.returned(conversation, counter),
      progress: (have, caughtUp) => this.#progress(have, caughtUp),
      handOver: (position) => this.onDemand.handOver(position),
    });
    const { lifetimes } = this.#receiving;
    const fetch = fetchPage(this.#context, this.#requests, (id) => lifetimes.look(id));
    this.fetchPage = this.onDemand.fetchWith(fetch);
    this.#resetting = new Resetting(this.#context, this.#requests, (asOf, held) => {
      this.#receiving.restart(asOf);
      this.onDemand.following.now?.reset();
      for (const frame of held) this.#receiving.take(frame);
      this.#progress(asOf, held.length === 0);
    });
    this.#unsubscribe = [
      platform.lifecycle.subscribe((event) => this.#lifecycle(event)),
      platform.network.subscribe((event) => this.#network(event)),
    ];
  }

  start(): void {
    this.connector.start(this.#setup.meta.device);
    if (!this.#setup.platform.network.online()) this.connector.step({ kind: "network-gone" });
    this.sending.flush();
  }

  /** Ends the connection and waits for what is being written. */
  async stop(reason: "closed" | "replaced"): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.connector.stop(reason);
    this.sending.stop();
    this.marking.stop();
    this.onDemand.stop();
    this.#receiving.stop();
    this.#requests.stop();
    this.#renewing.stop();
    this.#tickets.cancel();
    await this.#context.writer.stop();
  }

  /** Rows were added to the outbox, here or in another tab. */
  queued(rows: readonly OutboxRow[]): void {
    this.onDemand.sent(rows);
    this.sending.flush();
  }

  /** Whoever reads a conversation on does not want it marked as unread. */
  async read(conversation: string, number: number): Promise<void> {
    await this.marking.read(conversation, number);
    const row = this.#setup.book.rows.get(conversation);
    const isMarked = row !== undefined && EXTRAS.now?.arrangementOf(row).markedUnread;
    if (!isMarked) return;
    const wishing = await this.onDemand.wishing.get();
    await wishing.wish(conversation, { change: { markedUnread: false } });
  }

  reconnect(): void {
    const { kind } = this.connector.state;
    if (kind === "idle" || kind === "closed") this.connector.step({ kind: "start" });
    else this.connector.wake("unknown");
  }

  async retryEntry(conversation: string, number: number): Promise<void> {
    const [stored] = await this.#setup.store.range(conversation, number, number);
    if (stored?.entry.body.kind !== "placeholder") throw new HoldfastError("not-found");
    if (!this.connector.ready) throw new HoldfastError("offline");
    // Of a large group's log no timeline knows.
    if (stored.entry.seq > 0) this.#receiving.retry(stored.entry.seq);
    else await this.fetchPage({ conversation, around: number, limit: 1 });
  }

  #makeConnector(): Connector {
    const { config, platform } = this.#setup;
    return new Connector(config, platform, this.#tickets, this.#attention, {
      hello: (cause, heartbeatMs) => this.#hello(cause, heartbeatMs),
      welcome: (frame) => this.#welcome(frame),
      frame: (frame) => this.#frame(frame),
      head: (head) => this.#receiving.head(head),
      lost: () => this.#lost(),
      state: (state) => this.#events.onState(state),
      heartbeats: () => this.#heartbeats,
      learned: (learned) => this.#learned(learned),
    });
  }

  #hello(cause: ConnectCause, heartbeatMs: number): Hello {
    const { config, platform, epoch } = this.#setup;
    return {
      t: "hello",
      version: PROTOCOL_VERSION,
      cursor: this.#receiving.cursor,
      capabilities: ["ack"],
      app: { ...config.app, platform: platform.name },
      heartbeatMs,
      cause,
      epoch,
    };
  }

  #welcome(frame: Welcome): { readonly have: number } | "other-user" {
    const { book } = this.#setup;
    if (book.user !== "" && book.user !== frame.user) return "other-user";
    this.#receiving.start(frame);
    if (frame.reset) this.#resetting.start();
    this.#context.writer.enter(() => this.#keepWelcome(frame));
    this.#renewing.start(frame.expiresAt, frame.serverTime);
    const missed = frame.head - frame.cursor;
    if (missed > 0) this.#events.onEvent({ type: "sync", kind: "started", missed });
    if (frame.reset) this.#events.onEvent({ type: "sync", kind: "reset" });
    return { have: frame.reset ? -1 : frame.cursor };
  }

  /** The outbox goes only after the counter is safe: a store that was put back must not reuse one. */
  async #keepWelcome(frame: Welcome): Promise<void> {
    const { user, ticket, counter } = frame;
    const stored = frame.reset ? {} : { stored: this.#receiving.stored };
    const batch = { meta: { user, ticket, ...stored }, counterFloor: counter };
    if (!(await this.#context.writer.commit(batch, { user }))) return;
    this.#requests.start();
    this.onDemand.start();
    this.marking.start();
    this.sending.flush();
    this.onDemand.caughtUp();
  }

  #frame(frame: SessionFrame): void {
    if (this.#requests.take(frame)) return;
    switch (frame.t) {
      case "entries":
        return this.#resetting.active ? this.#resetting.hold(frame) : this.#receiving.take(frame);
      case "accepted":
        return this.sending.accepted(frame.results);
      case "marks":
        return this.marking.hint(frame);
      case "totals":
        return this.marking.reached(frame);
      case "log":
      case "head":
        return this.onDemand.following.do((following) => following.take(frame));
      case "snapshot":
        return this.#resetting.take(frame);
      case "presence":
        return this.#events.onEvent({ type: "presence", users: frame.users });
      case "typing":
        return this.#events.onEvent({ ...frame, type: "typing" });
      case "error":
        return this.#refused(frame);
      case "history":
      case "renewed":
      case "done":
        // An answer that came after its deadline: nobody waits for it any more.
        return undefined;
    }
  }

  #refused(frame: Extract<SessionFrame, { t: "error" }>): void {
    const { of, error } = frame;
    if (of === "submit") return this.sending.refused(frame);
    // What is refused for good ends by itself: what was acked too early comes again.
    if (retryOf(error.code) !== "later") return;
    const afterMs = error.retryAfterMs ?? LATER_MS;
    // An error of the server's own does not say whose frame it was.
    if (of === "ack" || of === undefined) this.#receiving.ackRefused(afterMs);
    if (of === "read" || of === undefined) this.marking.again(afterMs);
  }

  #lost(): void {
    this.#resetting.lost();
    this.#receiving.lost();
    this.#renewing.lost();
    this.sending.lost();
    this.onDemand.lost();
  }

  #progress(have: number, caughtUp: boolean): void {
    const before: LinkState["kind"] = this.connector.state.kind;
    this.connector.step({ kind: "progress", have, caughtUp });
    const { kind } = this.connector.state;
    if (kind !== before && kind === "live") this.#events.onEvent({ type: "sync", kind: "done" });
    this.onDemand.caughtUp();
  }

  #changed(change: Change): void {
    this.#events.onChange(change);
    this.sending.changed(change);
    // A draft waits for what becomes of the message that was made from it.
    if (change.outbox !== undefined || change.gone !== undefined) this.onDemand.caughtUp();
  }

  /** From a token, before the server has said it. */
  #named(user: string): void {
    if (this.#setup.book.user === "") this.#events.onChange({ user });
  }

  #learned(learned: LearnedHeartbeat): void {
    this.#heartbeats = rememberLearned(this.#heartbeats, learned);
    const heartbeats = this.#heartbeats;
    this.#context.writer.enter(async () => {
      await this.#context.writer.commit({ meta: { heartbeats } }, {});
    });
  }

  #lifecycle(event: LifecycleEvent): void {
    this.#attention.note(event);
    if (event === "visible" || event === "resume") this.connector.wake("resume");
    this.connector.pulse.tick();
  }

  #network(event: NetworkEvent): void {
    if (event.kind === "offline") this.connector.step({ kind: "network-gone" });
    else this.connector.wake(event.kind === "online" ? "network-lost" : "network-change");
  }
}
