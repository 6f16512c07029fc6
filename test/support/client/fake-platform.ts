import type { FilePlatform } from "../../../client/files.ts";
import { memoryStore } from "../../../client/memory-store.ts";
import type {
  LifecycleEvent,
  NetworkEvent,
  Platform,
  TabChannel,
  Tabs,
} from "../../../client/ports.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { FakeServer } from "./fake-server.ts";

/** A runtime made of fakes; what a test turns stands in its fields. */
export class FakePlatform implements Platform {
  readonly name = "test";
  readonly clock: FakeClock;
  readonly server: FakeServer;
  readonly tabs?: Tabs;
  /** Absent: a runtime that moves no files. */
  files?: () => Promise<FilePlatform>;
  pageVisible = true;
  isSaving = false;
  private readonly kind: "page" | "headless";
  private readonly lifecycleListeners = new Set<(event: LifecycleEvent) => void>();
  private readonly networkListeners = new Set<(event: NetworkEvent) => void>();
  private ids = 0;

  constructor(
    server: FakeServer,
    clock: FakeClock,
    options: { readonly kind?: "page" | "headless"; readonly tabs?: Tabs } = {},
  ) {
    this.server = server;
    this.clock = clock;
    this.kind = options.kind ?? "headless";
    if (options.tabs) this.tabs = options.tabs;
  }

  readonly random = {
    unit: () => 0.5,
    id: () => {
      this.ids += 1;
      return `id${String(this.ids).padStart(20, "0")}`;
    },
  };

  get sockets() {
    return this.server.platformSockets;
  }

  get http() {
    return this.server.platformHttp;
  }

  get lifecycle() {
    return {
      kind: this.kind,
      visible: () => this.pageVisible,
      saving: () => this.isSaving,
      subscribe: (listener: (event: LifecycleEvent) => void) => {
        this.lifecycleListeners.add(listener);
        return () => this.lifecycleListeners.delete(listener);
      },
    };
  }

  readonly network = {
    online: () => true,
    subscribe: (listener: (event: NetworkEvent) => void) => {
      this.networkListeners.add(listener);
      return () => this.networkListeners.delete(listener);
    },
  };

  get listeners(): number {
    return this.lifecycleListeners.size + this.networkListeners.size;
  }

  openStore() {
    return memoryStore();
  }

  live(event: LifecycleEvent): void {
    if (event === "visible" || event === "hidden") this.pageVisible = event === "visible";
    for (const listener of [...this.lifecycleListeners]) listener(event);
  }

  net(event: NetworkEvent): void {
    for (const listener of [...this.networkListeners]) listener(event);
  }
}

interface Waiting {
  onLead(): void;
  onLost(): void;
}

/** Locks and channels of tabs of one browser. */
export class FakeTabs {
  private holder: Waiting | undefined;
  private readonly queue: Waiting[] = [];
  private readonly channels = new Set<{
    onMessage(message: unknown): void;
    frozen: () => boolean;
  }>();

  /** What one tab sees; while `frozen` it neither says nor hears anything, its lock's loss included. */
  tab(frozen: () => boolean = () => false): Tabs {
    return {
      lead: (_name, onLead, onLost, force) =>
        this.lead({ onLead, onLost: () => frozen() || onLost() }, force),
      channel: (_name, onMessage) => this.channel({ onMessage, frozen }),
    };
  }

  private lead(one: Waiting, force: boolean): () => void {
    const before = this.holder;
    if (force && before !== undefined) {
      this.holder = undefined;
      queueMicrotask(() => before.onLost());
    }
    this.queue[force ? "unshift" : "push"](one);
    queueMicrotask(() => this.next());
    return () => {
      const at = this.queue.indexOf(one);
      if (at >= 0) this.queue.splice(at, 1);
      if (this.holder === one) this.holder = undefined;
      queueMicrotask(() => this.next());
    };
  }

  private next(): void {
    if (this.holder !== undefined) return;
    this.holder = this.queue.shift();
    this.holder?.onLead();
  }

  private channel(own: { onMessage(message: unknown): void; frozen: () => boolean }): TabChannel {
    this.channels.add(own);
    return {
      post: (message) => {
        if (own.frozen()) return;
        const copy: unknown = structuredClone(message);
        for (const other of this.channels) {
          if (other !== own && !other.frozen()) queueMicrotask(() => other.onMessage(copy));
        }
      },
      close: () => {
        this.channels.delete(own);
      },
    };
  }
}
