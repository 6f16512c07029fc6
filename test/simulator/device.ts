import type { CoreClient } from "../../client/client.ts";
import type { Message, SendHandle } from "../../client/model.ts";
import type { GroupAnswer } from "../../worker/group-requests.ts";
import type { SimClock } from "./clock.ts";
import { Disk, type StoreWitness } from "./device-store.ts";
import type { Edge } from "./edge.ts";
import type { Faults } from "./faults.ts";
import type { LogQuestion } from "./http.ts";
import type { Acceptor, Connection, Network } from "./network.ts";
import type { DeviceParams } from "./plan.ts";
import { SimTab } from "./tab.ts";
import { TabLocks } from "./tab-locks.ts";

/** What a device does, for the checkers. */
export interface DeviceWitness extends StoreWitness {
  said(connection: Connection, text: string): void;
  /** A frame has come. */
  heard(text: string): void;
  /** The app of a tab has taken it. */
  handed(message: Message, tab: SimTab): void;
  started(): void;
  /** Seq of the state that it began from last. */
  readonly resetAt: number;
  /** Newest seq that it has acked, beyond the state that it began from then. */
  readonly acked: number;
  /** Nothing is under way any more. */
  atRest(): void;
  readonly handles: {
    watch(tab: SimTab, conversation: string, handle: SendHandle): void;
  };
  /** The SDK says that its store has failed, or that a job of its own threw. */
  degraded(cause: unknown): void;
}

export interface DeviceWorld {
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly network: Network;
  readonly edge: Edge;
  readonly storeMs: number;
  object(user: string): Acceptor;
  /** As the Worker asks the group's object: `busy` where it can't be reached. */
  readLog(question: LogQuestion): GroupAnswer;
  /** Something was called in the SDK, whose promises now want to run. */
  stirred(): void;
  crashed(device: SimDevice): void;
}

/** A device that runs the SDK: one disk, and one or several tabs that share it. */
export class SimDevice {
  readonly user: string;
  readonly id: string;
  readonly disk: Disk;
  readonly old: boolean;
  /** Off by this much from the server's time. */
  #skewMs: number;
  readonly world: DeviceWorld;
  readonly witness: DeviceWitness;
  readonly #tabCount: number;
  readonly #locks: TabLocks | undefined;
  #tabs: SimTab[] = [];
  /** How many more entries the app's handler refuses. */
  refusals = 0;

  constructor(
    names: { readonly user: string; readonly device: string },
    params: DeviceParams,
    world: DeviceWorld,
    witness: DeviceWitness,
  ) {
    this.user = names.user;
    this.id = names.device;
    this.old = params.old;
    this.#skewMs = params.skewMs;
    this.world = world;
    this.witness = witness;
    this.#tabCount = params.tabs ?? 1;
    this.#locks = this.#tabCount > 1 ? new TabLocks(world.clock) : undefined;
    const about = { device: this.id, storeMs: world.storeMs };
    this.disk = new Disk(world.clock, world.faults, about, witness);
  }

  /** How often another tab took the lead. */
  get leaderChanges(): number {
    return Math.max(0, (this.#locks?.leaders ?? 0) - 1);
  }

  get wallNow(): number {
    return this.world.clock.now + this.#skewMs;
  }

  /** Somebody sets the wall clock, or the network does. No timer feels it. */
  setClock(byMs: number): void {
    this.#skewMs += byMs;
  }

  get tabs(): readonly SimTab[] {
    return this.#tabs;
  }

  /** The client of a tab that somebody may use; undefined: none runs. */
  get client(): CoreClient | undefined {
    return this.#anyTab()?.client;
  }

  /** Somebody says something in one of the tabs, and hears what comes of it. */
  say(conversation: string, call: (client: CoreClient) => SendHandle): void {
    const tab = this.#anyTab();
    if (tab !== undefined) this.witness.handles.watch(tab, conversation, call(tab.client));
  }

  #anyTab(): SimTab | undefined {
    return this.tab(this.world.faults.between(`tab ${this.id}`, 0, 7));
  }

  /** One of the tabs that run. */
  tab(pick: number): SimTab | undefined {
    const awake = this.#tabs.filter((tab) => !tab.isAsleep);
    return awake[pick % Math.max(1, awake.length)];
  }

  get isAsleep(): boolean {
    return this.#tabs.length > 0 && this.#tabs.every((tab) => tab.isAsleep);
  }

  /** Opens the tabs that are not there. */
  start(): void {
    if (this.#tabs.length === 0) this.witness.started();
    while (this.#tabs.length < this.#tabCount) {
      const tab = new SimTab(this, this.#locks);
      this.#tabs.push(tab);
      tab.start();
    }
  }

  /** The process of a tab ends without a word, and somebody starts it again before long. */
  crash(tab: SimTab): void {
    if (!tab.isAlive) return;
    this.close(tab);
    this.world.crashed(this);
  }

  close(tab: SimTab): void {
    this.#tabs = this.#tabs.filter((one) => one !== tab);
    tab.end();
  }

  /** All of it ends without a word. */
  stop(): void {
    for (const tab of this.#tabs) this.close(tab);
  }

  sleep(ms: number): void {
    for (const tab of this.#tabs) tab.sleep(ms);
  }

  wake(): void {
    for (const tab of this.#tabs) tab.wake();
  }

  /** The app's handler is about to take an entry. */
  mayRefuse(): void {
    if (this.refusals === 0) return;
    this.refusals -= 1;
    throw new Error("the app does not like it");
  }
}
