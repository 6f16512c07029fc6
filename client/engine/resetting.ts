/** After too long an absence: the current state instead of what was missed. */
import type { ConversationState, EntriesFrame, ServerFrame } from "../../protocol/server-frames.ts";
import { isNumbered } from "../core/amend.ts";
import { fromState } from "../core/conversations.ts";
import { isPlainState } from "../core/plain.ts";
import type { StoredEntry } from "../store.ts";
import type { LeaderContext } from "./context.ts";
import { EXTRAS } from "./parts.ts";
import type { Requests } from "./requests.ts";

type Snapshot = Extract<ServerFrame, { t: "snapshot" }>;

export class Resetting {
  readonly #context: LeaderContext;
  readonly #requests: Requests;
  readonly #onDone: (asOf: number, held: readonly EntriesFrame[]) => void;
  #collected: ConversationState[] | undefined;
  #asOf: number | undefined;
  #held: EntriesFrame[] = [];

  /** `onDone`: the state as of that seq is stored; `held` came in meanwhile. */
  constructor(
    context: LeaderContext,
    requests: Requests,
    onDone: (asOf: number, held: readonly EntriesFrame[]) => void,
  ) {
    this.#context = context;
    this.#requests = requests;
    this.#onDone = onDone;
  }

  get active(): boolean {
    return this.#collected !== undefined;
  }

  start(): void {
    this.#collected = [];
    this.#asOf = undefined;
    this.#held = [];
  }

  /** The next hello begins anew: nothing of it is in the store yet. */
  lost(): void {
    this.#collected = undefined;
    this.#held = [];
  }

  /** What comes after the state must not be stored before it. */
  hold(frame: EntriesFrame): void {
    this.#held.push(frame);
  }

  take(page: Snapshot): void {
    const collected = this.#collected;
    if (collected === undefined) return;
    collected.push(...page.conversations);
    // Later pages are newer than the first: what came between them is taken from the feed again.
    const asOf = this.#asOf ?? page.asOf;
    this.#asOf = asOf;
    const { next } = page;
    if (next !== undefined) void this.#askNext(collected, next);
    else this.#context.writer.enter(() => this.#store(collected, asOf));
  }

  async #askNext(collected: ConversationState[], after: string): Promise<void> {
    const request = (ref: string) => ({ t: "snapshot" as const, ref, after });
    const page = await this.#requests.ask("snapshot", request).catch(() => undefined);
    if (this.#collected !== collected) return;
    // Half a state is none; the next session gets it whole.
    if (page === undefined) this.#context.connector.lose("server-closed", false);
    else this.take(page);
  }

  /** Entries of before may miss edits and recalls, so they go; the outbox stays. */
  async #store(states: readonly ConversationState[], asOf: number): Promise<void> {
    const { book, writer, store } = this.#context;
    const isPlain =
      states.every(isPlainState) && book.isPlain(states.map((state) => state.conversation));
    const extras = isPlain ? EXTRAS.now : await EXTRAS.load();
    const conversations = states.map((state) =>
      fromState(book.rows.get(state.conversation), state, book.device, extras),
    );
    const entries = states.flatMap(({ last }): StoredEntry[] =>
      last !== undefined && isNumbered(last) ? [{ entry: last }] : [],
    );
    const answered = [...book.outbox.values()].filter(({ status }) => status.kind === "accepted");
    const deleteOutbox = answered.map(({ counter }) => counter);
    const meta = { stored: asOf, handled: asOf };
    const batch = { meta, clearEntries: true, conversations, entries, deleteOutbox };
    if (!(await writer.commit(batch, { gone: deleteOutbox }))) return;
    this.#context.tell({ image: await store.read() });
    const held = this.#held;
    this.lost();
    this.#onDone(asOf, held);
  }
}
