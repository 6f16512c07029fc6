/** A client between `connect` and `close`: its store, its place among the tabs, and the leader. */
import { fitsFrame, outboxBytes } from "../core/outbox.ts";
import { HoldfastError } from "../errors.ts";
import type { ClientEvent, HistoryPage } from "../model.ts";
import type { OutboxDraft, StoreImage } from "../store.ts";
import type { Change } from "./change.ts";
import { eventsOf } from "./change-events.ts";
import { type ConnectionView, publicState } from "./connection-view.ts";
import { type FetchPage, History, type Page } from "./history.ts";
import { keepHouse } from "./housekeeping.ts";
import type { TeamPort } from "./kit.ts";
import { Leader } from "./leader.ts";
import type { LifeSetup } from "./life-setup.ts";
import { perform } from "./performing.ts";
import type { TeamCall, TeamEvents } from "./team.ts";
import { settleUntold } from "./untold.ts";

/** What is shown at the first look at a conversation. */
const FIRST_PAGE = 50;

export class Life {
  readonly #setup: LifeSetup;
  readonly #history: History;
  readonly #team: TeamPort;
  #leader: Leader | undefined;
  #opening: Promise<void> | undefined;
  #connecting: Promise<void> | undefined;
  #leading: Promise<void> | undefined;
  #suspended = false;
  #unsubscribe: () => void = () => {};
  #closed = false;
  /** Rows on their way into the store, which the book does not have yet. */
  #writing = 0;
  #bytesWriting = 0;
  /** Of the leader whose word this tab has from its first. */
  #epoch = 0;
  #endHousekeeping: () => void = () => {};

  constructor(setup: LifeSetup) {
    this.#setup = setup;
    const fetch: FetchPage = (page) => this.act({ do: "fetch", page });
    this.#history = new History(setup.store, setup.book, fetch);
    this.#team = setup.team(setup.platform, setup.name, {
      lead: () => {
        this.#leading = this.#lead();
      },
      follow: () => void this.#follow(),
      hear: (message) => this.#hear(message),
      state: () => setup.view.signal.get().state,
      perform: (call) => this.#perform(call),
    });
  }

  /** The store only: enough to queue and to show. */
  open(): Promise<void> {
    this.#opening ??= this.#openStore();
    return this.#opening;
  }

  connect(): Promise<void> {
    this.#connecting ??= this.#join();
    return this.#connecting;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#endHousekeeping();
    this.#unsubscribe();
    this.#team.leave();
    const leader = this.#leader;
    this.#leader = undefined;
    await leader?.stop("closed");
    this.#setup.handles.close();
    this.#setup.view.enter({ kind: "closed", reason: "closed" });
    this.#setup.view.update({ leader: false });
    this.#setup.view.stop();
    // What keeps them from ending well has been told to those who asked for them.
    await this.#opening?.catch(() => {});
    await this.#leading?.catch(() => {});
    await this.#setup.store.close();
  }

  async enqueue(draft: OutboxDraft): Promise<void> {
    const { store, handles, book } = this.#setup;
    try {
      await this.open();
      if (!fitsFrame(draft)) return handles.failed(draft.key, new HoldfastError("too-big"));
      const bytes = outboxBytes(draft);
      if (book.outbox.isFull(this.#writing + 1, this.#bytesWriting + bytes))
        return handles.failed(draft.key, new HoldfastError("outbox-full"));
      const { head } = book.row(draft.conversation) ?? { head: 0 };
      this.#writing += 1;
      this.#bytesWriting += bytes;
      const row = await store.enqueue(draft).finally(() => {
        this.#writing -= 1;
        this.#bytesWriting -= bytes;
      });
      if (this.#closed) return;
      handles.queued(row, book, head);
      this.#tell({ outbox: [row] });
      this.#leader?.queued([row]);
    } catch (cause) {
      handles.failed(draft.key, new HoldfastError("store-failed", { cause }));
    }
  }

  /** Here when this one leads, else by the tab that does. */
  async act(call: TeamCall): Promise<void> {
    await this.open();
    await this.#connecting;
    const leader = this.#leader;
    if (leader === undefined) return this.#call(call);
    try {
      return await perform(leader, call);
    } catch (error) {
      if (this.#closed || this.#leader === leader) throw error;
      // It lost the lead before it had done that: whoever leads now is asked.
      return this.#call(call);
    }
  }

  async page(page: Page): Promise<HistoryPage> {
    await this.open();
    return this.#history.page(page);
  }

  /** Somebody looks at a conversation. */
  async load(conversation: string): Promise<void> {
    await this.open();
    if (!this.#closed) await this.#history.load(conversation, FIRST_PAGE);
  }

  async #join(): Promise<void> {
    await this.open();
    if (this.#closed) return;
    this.#unsubscribe = this.#setup.platform.lifecycle.subscribe((event) => {
      if (event === "suspend") void this.#suspend();
      else if (event === "resume" || event === "visible") this.#unsuspend();
    });
    this.#team.join();
    const { platform, handles, config } = this.#setup;
    this.#endHousekeeping = keepHouse(platform.clock, handles, config.messageTtlMs);
    await this.#leading;
  }

  /** Put away, maybe for good: a lock or a socket held would keep the page from being restored. */
  async #suspend(): Promise<void> {
    if (this.#suspended) return;
    this.#suspended = true;
    this.#team.leave();
    const leader = this.#leader;
    this.#leader = undefined;
    this.#setup.view.update({ leader: false });
    await leader?.stop("closed");
    if (this.#suspended && !this.#closed) this.#setup.view.enter({ kind: "hidden" });
  }

  #unsuspend(): void {
    if (!this.#suspended || this.#closed) return;
    this.#suspended = false;
    this.#epoch = 0;
    this.#team.join();
  }

  async #openStore(): Promise<void> {
    const { store, config, platform, book } = this.#setup;
    const image = await store.open(config.device ?? platform.random.id());
    const { user } = image.meta;
    if (config.user !== "" && user !== "" && config.user !== user) {
      throw new HoldfastError("other-user");
    }
    book.user = config.user || user;
    await book.ready(image);
    this.#show({ image, ...(book.user === "" ? {} : { user: book.user }) });
  }

  async #lead(): Promise<void> {
    const { store, config, platform, name, book, tokens, handler } = this.#setup;
    const epoch = await store.claim();
    const image = await store.read();
    await book.ready(image);
    if (this.#closed || this.#suspended) return;
    this.#show({ image });
    this.#team.post({ kind: "leads", image });
    const { meta } = image;
    this.#leader = new Leader(
      { config, platform, name, store, book, meta, epoch, tokens, handler },
      {
        onChange: (change) => this.#tell(change),
        onRead: (image) => this.#team.post({ kind: "leads", image }),
        onEvent: (event) => this.#event(event),
        onState: (state) => this.#state(publicState(state, platform.clock)),
        onFenced: () => void this.#follow(),
        onBroken: (error) => this.#broken(error),
      },
    );
    this.#setup.view.update({ leader: true });
    this.#leader.start();
  }

  /** Another tab has the lead: end what this one had, and line up. */
  async #follow(): Promise<void> {
    const leader = this.#leader;
    if (leader === undefined || this.#closed) return;
    this.#leader = undefined;
    this.#setup.view.update({ leader: false });
    this.#team.step();
    await leader.stop("replaced");
  }

  #state(state: Parameters<ConnectionView["enter"]>[0]): void {
    const isTaken = state.kind === "closed" && state.reason === "replaced";
    if (isTaken && this.#setup.platform.tabs !== undefined) return void this.#follow();
    this.#setup.view.enter(state);
    this.#team.post({ kind: "state", state });
  }

  async #perform(call: TeamCall): Promise<void> {
    const leader = this.#leader;
    if (leader === undefined) throw new HoldfastError("offline");
    return perform(leader, call);
  }

  #call(call: TeamCall): Promise<void> {
    const { config, platform } = this.#setup;
    if (this.#closed || platform.tabs === undefined) {
      return Promise.reject(new HoldfastError("offline"));
    }
    return this.#team.call(call, config.requestTimeoutMs);
  }

  #hear(message: Parameters<TeamEvents["hear"]>[0]): void {
    switch (message.kind) {
      case "change":
        return this.#hearChange(message.change);
      case "event":
        return this.#setup.emitter.emit(message.event);
      case "beat":
        if (message.state.kind === this.#setup.view.signal.get().state.kind) return;
        return this.#leader === undefined ? this.#setup.view.enter(message.state) : undefined;
      case "state":
        return this.#leader === undefined ? this.#setup.view.enter(message.state) : undefined;
      case "leads":
        return this.#hearLeader(message.image);
      case "hello":
        return this.#welcome();
    }
  }

  /** Another tab has come. It may have written before it could tell anybody. */
  #welcome(): void {
    if (this.#leader === undefined) return;
    this.#team.post({ kind: "state", state: this.#setup.view.signal.get().state });
    this.#leader.sending.inOrder.look();
  }

  /** What a leader of the past has still to say is old news to this one: only rows that wait are new. */
  #hearChange(change: Change): void {
    if (this.#leader === undefined) return this.#show(change);
    const outbox = change.outbox?.filter(({ status }) => status.kind === "waiting") ?? [];
    this.#show({ outbox });
    this.#leader.queued(outbox);
  }

  /** Once of each leader: what was told before it, or before this tab came, is not heard here. */
  #hearLeader(image: StoreImage): void {
    if (this.#leader !== undefined || image.meta.epoch <= this.#epoch) return;
    this.#epoch = image.meta.epoch;
    this.#show({ image });
  }

  #tell(change: Change): void {
    this.#show(change);
    this.#team.post({ kind: "change", change });
  }

  #event(event: ClientEvent): void {
    this.#setup.emitter.emit(event);
    this.#team.post({ kind: "event", event });
  }

  #show(change: Change): void {
    const { book, emitter, handles, view } = this.#setup;
    book.apply(change);
    handles.apply(change, book);
    view.update({ waiting: book.outbox.waiting });
    for (const event of eventsOf(change, book)) emitter.emit(event);
    if (change.image === undefined) return;
    settleUntold(this.#setup, change.image).catch((error) => {
      if (!this.#closed) this.#broken(error);
    });
  }

  #broken(error: unknown): void {
    this.#event({ type: "degraded", cause: String(error) });
    this.#leader?.reconnect();
  }
}
