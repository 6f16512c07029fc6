import { type ClientStore, HoldfastClient, type Platform } from "../../client/index.ts";
import { browserPlatform } from "../../client/platform/browser.ts";
import { formatRoute } from "../route/route.ts";
import { frame, type Scrolling, scroll } from "./frames.ts";
import { CONVERSATION, fill, USER } from "./history.ts";

const PAGE = 2_000;
const OLDER = 50;

/** What `npm run bench:page` asks of the page. */
export class Bench {
  readonly client: HoldfastClient;

  private constructor(store: ClientStore) {
    const platform: Platform = { ...browserPlatform(), ...NO_SERVER };
    const token = () => Promise.reject(new Error("no server"));
    this.client = new HoldfastClient({ url: location.origin, user: USER, token, platform, store });
  }

  static async begin(messages: number): Promise<Bench> {
    const store = browserPlatform().openStore("bench");
    const { conversations } = await store.open("bench-device-1");
    if (conversations.length === 0) await fill(store, messages);
    const bench = new Bench(store);
    await bench.client.connect();
    return bench;
  }

  /** Ms from choosing the conversation to its messages on the screen. */
  async mountMs(): Promise<number> {
    await this.leave();
    const start = performance.now();
    this.go(formatRoute({ user: USER, conversation: CONVERSATION }));
    while (document.querySelector("article") === null) await frame();
    await frame();
    return performance.now() - start;
  }

  async leave(): Promise<void> {
    this.go(formatRoute({ user: USER }));
    while (document.querySelector("article") !== null) await frame();
    await frame();
  }

  /** Loads so many more of the older messages into the list; resolves with how many there are. */
  async load(count: number): Promise<number> {
    for (let left = count; left > 0; left -= PAGE) await this.older(Math.min(left, PAGE));
    return this.client.messages(CONVERSATION).get().messages.length;
  }

  scroll(pxPerFrame: number, frames: number): Promise<Scrolling> {
    return scroll(pxPerFrame, frames);
  }

  /** The same loop with nothing to scroll: what the machine itself makes of it. */
  idle(frames: number): Promise<Scrolling> {
    return scroll(0, frames);
  }

  /** By how many px what is read moves, at most, while older pages come in above it. */
  async driftOnPrepend(times: number): Promise<number> {
    let drift = 0;
    for (let n = 0; n < times; n += 1) {
      const { key, top } = inMiddle();
      await this.older(OLDER);
      await frame();
      await frame();
      drift = Math.max(drift, Math.abs(topOf(key) - top));
    }
    return drift;
  }

  private async older(limit: number): Promise<void> {
    const [first] = this.client.messages(CONVERSATION).get().messages;
    const before = first?.number;
    await this.client.history(CONVERSATION, { limit, ...(before !== undefined && { before }) });
  }

  private go(address: string): void {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  }
}

const NO_SERVER: Pick<Platform, "network"> = {
  network: { online: () => false, subscribe: () => () => undefined },
};

function inMiddle(): { readonly key: string; readonly top: number } {
  const rows = [...document.querySelectorAll<HTMLElement>("article")];
  const row = rows.find((one) => one.getBoundingClientRect().top > innerHeight / 3);
  const key = row?.dataset["key"];
  if (row === undefined || key === undefined) throw new Error("nothing is in the middle");
  return { key, top: row.getBoundingClientRect().top };
}

function topOf(key: string): number {
  const row = document.querySelector(`article[data-key="${CSS.escape(key)}"]`);
  return row?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
}
