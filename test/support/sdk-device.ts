/** A device that runs the real SDK, and reports to the history what its app would see. */
import { HoldfastClient } from "../../client/index.ts";
import type { Message, SendHandle } from "../../client/model.ts";
import type { Platform } from "../../client/ports.ts";
import type { ClientStore, StoredEntry } from "../../client/store.ts";
import { parseMessageId } from "../../protocol/names.ts";
import { signIn } from "./accounts.ts";
import type { Device } from "./device.ts";
import type { History } from "./history.ts";
import { WatchedStore } from "./watched-store.ts";

export interface SdkDeviceOptions {
  readonly user: string;
  /** Name of the device among those of its user. */
  readonly label: string;
  readonly url: string;
  readonly history: History;
  readonly store: ClientStore;
  readonly platform?: Platform;
  /** Awaited for each message before it counts as handled. */
  readonly handle?: (message: Message) => Promise<void>;
}

export class SdkDevice implements Device {
  readonly name: string;
  readonly client: HoldfastClient;
  readonly #options: SdkDeviceOptions;
  readonly #device: string;
  #isStopped = false;

  constructor(options: SdkDeviceOptions) {
    this.#options = options;
    this.name = `${options.user}.${options.label}`;
    this.#device = `${options.label}-device`;
    this.client = new HoldfastClient({
      url: options.url,
      user: options.user,
      token: () => signIn(options.url, options.user),
      device: this.#device,
      store: new WatchedStore(options.store, (stored) => this.#keep(stored)),
      ...(options.platform === undefined ? {} : { platform: options.platform }),
    });
    this.client.onMessage((message) => this.#take(message));
  }

  start(): Promise<void> {
    this.#isStopped = false;
    return this.client.connect();
  }

  async send(conversation: string, text: string): Promise<void> {
    if (this.#isStopped) throw new Error(`${this.name} was stopped`);
    const handle = this.client.send(conversation, text);
    const id = await handle.queued;
    this.#options.history.sent(id, conversation, text);
    this.#watch(id, handle);
  }

  reconnect(): void {
    if (this.#isStopped) return;
    if (this.client.connection.get().state.kind === "backoff") this.client.reconnect();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    return this.client.close();
  }

  #keep({ entry }: StoredEntry): void {
    const { conversation, number, id, body } = entry;
    if (body.kind !== "text" || id === undefined) return;
    const stored = { conversation, number, id, text: body.text };
    // Its own messages are not handed to an app, which knows them.
    const origin = parseMessageId(id);
    const isOwn = origin?.user === this.#options.user && origin.device === this.#device;
    if (isOwn) this.#options.history.stored(this.name, stored);
    else this.#options.history.kept(this.name, stored);
  }

  async #take(message: Message): Promise<void> {
    await this.#options.handle?.(message);
    const { conversation, number, id, content } = message;
    if (content.kind !== "text" || number === undefined || id === undefined) return;
    this.#options.history.handed(this.name, { conversation, number, id, text: content.text });
  }

  #watch(id: string, handle: SendHandle): void {
    handle.accepted.then(
      ({ number }) => this.#options.history.accepted(id, number),
      (error: { code: string }) => {
        // Closing the client settles its promises and says nothing about its messages.
        if (error.code !== "closed") this.#options.history.refused(id, error.code);
      },
    );
  }
}
