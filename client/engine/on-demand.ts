/** What of a leader most sessions never need: each is made when it is. */
import type { OutboxRow } from "../store.ts";
import type { LeaderContext } from "./context.ts";
import type { FollowingPorts } from "./following.ts";
import type { FetchPage } from "./history.ts";
import { Later } from "./later.ts";
import { FOLLOWING, PEOPLE, REREADING, WISHING } from "./parts.ts";
import type { Requests } from "./requests.ts";

export class OnDemand {
  readonly wishing;
  readonly people;
  readonly following;
  readonly #rereading;
  readonly #context: LeaderContext;

  constructor(context: LeaderContext, requests: Requests, logs: FollowingPorts) {
    const { writer, book } = context;
    const broken = (error: unknown) => writer.broken(error);
    this.#context = context;
    this.wishing = new Later(WISHING, ({ Wishing }) => new Wishing(context, requests), broken);
    this.people = new Later(PEOPLE, ({ PeopleDesk }) => new PeopleDesk(context), broken);
    this.following = new Later(FOLLOWING, ({ Following }) => new Following(context, logs), broken);
    this.#rereading = new Later(
      REREADING,
      ({ Rereading }) => new Rereading(context, requests, this.following),
      broken,
    );
    if ([...book.rows.values()].some(({ wish }) => wish)) this.wishing.do(() => {});
  }

  /** A session began: what is kept of it at the server is told anew. */
  start(): void {
    this.people.now?.start();
  }

  /** Messages were queued: one that was made from a draft takes it along. */
  sent(rows: readonly OutboxRow[]): void {
    const { book } = this.#context;
    // What is through by now has taken it along.
    const drafted = rows.filter(
      ({ counter, draft }) => draft !== undefined && book.outbox.has(counter),
    );
    if (drafted.length > 0) this.wishing.do((wishing) => wishing.sent(drafted));
  }

  /** Something changed: now what is wished may be news, and somebody back in a group. */
  caughtUp(): void {
    const { connector, book } = this.#context;
    this.following.now?.placed();
    if (connector.state.kind !== "live") return;
    this.wishing.now?.caughtUp();
    const isBack = [...book.rows.values()].some(({ reread }) => reread);
    if (isBack) this.#rereading.do((rereading) => rereading.begin());
  }

  lost(): void {
    this.wishing.now?.lost();
    this.following.now?.lost();
  }

  stop(): void {
    this.wishing.stop();
    this.people.stop();
    this.following.stop();
    this.#rereading.stop();
  }

  /** A page of a log that the app gets by its numbers; true: there may be more. */
  handOver(position: number): Promise<boolean> | false {
    const isAny = [...this.#context.book.rows.values()].some(({ handed }) => handed);
    if (!isAny) return false;
    // What keeps it from loading is told by what needs it next.
    return this.following.get().then(
      ({ handing }) => handing.hand(position),
      () => false,
    );
  }

  /** What a large group has no copies of is in its log. */
  fetchWith(fetch: FetchPage): FetchPage {
    return async (page) => {
      const row = this.#context.book.rows.get(page.conversation);
      if (row?.membership === undefined) return fetch(page);
      await (await this.following.get()).fetch(page, fetch);
    };
  }
}
