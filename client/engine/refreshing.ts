/**
 * The store read anew: what a leader wrote and did not live to tell is there. A message's row goes in
 * the commit that brings its entry, so whoever waits for it finds one of the two, or it was dropped.
 */
import type { ClientStore, StoredEntry, StoreImage } from "../store.ts";
import type { Book } from "./book.ts";
import type { Change } from "./change.ts";
import type { Handles, SentBefore } from "./handles.ts";

/** Entries that are looked at together. */
const PAGE = 200;

export interface RefreshingPorts {
  readonly store: ClientStore;
  readonly book: Book;
  readonly handles: Handles;
  /** Shows what is so, in this tab. */
  readonly show: (change: Change) => void;
}

interface Fresh {
  readonly image: StoreImage;
  readonly untold: Change;
}

export class Refreshing {
  readonly #ports: RefreshingPorts;
  /** Shown while the store is being read. */
  #meanwhile: Change[] | undefined;

  constructor(ports: RefreshingPorts) {
    this.#ports = ports;
  }

  shown(change: Change): void {
    this.#meanwhile?.push(change);
  }

  async read(): Promise<Fresh> {
    const { store, book, handles } = this.#ports;
    // What is queued from now on is missing in no image.
    const waiting = handles.waiting;
    const image = await store.read();
    await book.ready(image);
    return { image, untold: await untoldOf(store, waiting, image) };
  }

  show({ image, untold }: Fresh): void {
    const { book, handles, show } = this.#ports;
    show({ image: book.withHints(image) });
    handles.apply(untold, book);
  }

  /** For a tab that follows, if it still does then. */
  async follow(isFollowing: () => boolean): Promise<void> {
    const meanwhile: Change[] = [];
    this.#meanwhile = meanwhile;
    const fresh = await this.read();
    if (this.#meanwhile !== meanwhile) return;
    this.#meanwhile = undefined;
    if (!isFollowing()) return;
    this.show(fresh);
    // It may be newer than what was read; all of it says how things are.
    for (const change of meanwhile) this.#ports.show(change);
  }
}

async function untoldOf(
  store: ClientStore,
  waiting: readonly SentBefore[],
  { outbox, conversations }: StoreImage,
): Promise<Change> {
  const queued = new Set(outbox.map(({ key }) => key));
  const missing = waiting.filter(({ key }) => !queued.has(key));
  const arrived: StoredEntry[] = [];
  for (const { conversation, head } of conversations) {
    const here = missing.filter((one) => one.conversation === conversation);
    if (here.length > 0) arrived.push(...(await entriesOf(store, conversation, here, head)));
  }
  const found = new Set(arrived.map(({ key }) => key));
  const gone = missing.filter(({ key }) => !found.has(key)).map(({ counter }) => counter);
  return { arrived, gone };
}

async function entriesOf(
  store: ClientStore,
  conversation: string,
  sent: readonly SentBefore[],
  head: number,
): Promise<readonly StoredEntry[]> {
  const keys = new Set(sent.map(({ key }) => key));
  const found: StoredEntry[] = [];
  const first = Math.min(...sent.map(({ after }) => after)) + 1;
  for (let from = first; from <= head && keys.size > 0; from += PAGE) {
    for (const stored of await store.range(conversation, from, Math.min(head, from + PAGE - 1))) {
      if (stored.key !== undefined && keys.delete(stored.key)) found.push(stored);
    }
  }
  return found;
}
