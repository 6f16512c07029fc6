/** The way to large groups: loaded with the first frame about one. */
import type { ServerFrame } from "../../protocol/server-frames.ts";
import { counterOf } from "../core/conversations.ts";
import { isInLog } from "../core/place.ts";
import type { LeaderContext } from "./context.ts";
import type { Following } from "./following.ts";
import type { FetchPage } from "./history.ts";
import { Questions } from "./questions.ts";

type Frame = Extract<ServerFrame, { t: "log" | "head" }>;

export class LargeGroups {
  readonly #context: LeaderContext;
  readonly #questions: Questions;
  readonly #returned: (conversation: string, counter: number) => void;
  #following: Promise<Following> | undefined;

  constructor(
    context: LeaderContext,
    token: () => Promise<string>,
    returned: (conversation: string, counter: number) => void,
  ) {
    this.#context = context;
    this.#questions = new Questions(context.config, context.platform, token);
    this.#returned = returned;
  }

  take(frame: Frame): void {
    // What keeps the rest from loading is told by the next request; the next session asks again.
    this.#load().then(
      (following) => following.take(frame),
      () => undefined,
    );
  }

  /** What a group has no copies of is in its log; all else is where `fetch` finds it. */
  fetchWith(fetch: FetchPage): FetchPage {
    return async (page) => {
      const row = this.#context.book.rows.get(page.conversation);
      if (row === undefined || !isInLog(row, page.before)) return fetch(page);
      await (await this.#load()).fetch(page);
    };
  }

  stop(): void {
    this.#questions.stop();
  }

  #load(): Promise<Following> {
    this.#following ??= this.#make().catch((error) => {
      this.#following = undefined;
      throw error;
    });
    return this.#following;
  }

  async #make(): Promise<Following> {
    const { Following } = await import("./following.ts");
    const { book } = this.#context;
    return new Following(this.#context, this.#questions, (arrived) => {
      for (const { entry } of arrived) {
        const counter = counterOf(entry, book.user, book.device);
        if (counter > 0) this.#returned(entry.conversation, counter);
      }
    });
  }
}
