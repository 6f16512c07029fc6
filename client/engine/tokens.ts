/** The app's token, for all of a client that needs one. */
import type { Config } from "../options.ts";
import type { Platform } from "../ports.ts";
import { lifetimeOf } from "./token.ts";

/** Before the token ends, so that it never ends on its way. */
const USED_LIFETIME = 0.8;

export class Tokens {
  readonly #config: Config;
  readonly #platform: Platform;
  readonly #provider: () => Promise<string>;
  #known: { readonly token: string; readonly until: number } | undefined;
  #asking: Promise<string | undefined> | undefined;
  #giveUp: () => void = () => {};

  constructor(config: Config, platform: Platform, provider: () => Promise<string>) {
    this.#config = config;
    this.#platform = platform;
    this.#provider = provider;
  }

  /**
   * One call of the app's function for all who wait; a token is used until shortly before its end.
   * Undefined when the function fails or takes too long.
   */
  async get(): Promise<string | undefined> {
    const known = this.#known;
    if (known !== undefined && this.#platform.clock.now() < known.until) return known.token;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** For a renewal: the known token is older than it should be. */
  fresh(): Promise<string | undefined> {
    this.#known = undefined;
    return this.get();
  }

  /** The server takes `token` no more; whoever heard so before may have asked for another already. */
  refused(token = this.#known?.token): void {
    if (this.#known?.token === token) this.#known = undefined;
  }

  /** Nobody waits for the app's function any more. */
  stop(): void {
    this.#giveUp();
  }

  async #ask(): Promise<string | undefined> {
    const token = await this.#asked();
    const now = this.#platform.clock.now();
    if (token !== undefined) {
      this.#known = { token, until: now + USED_LIFETIME * lifetimeOf(token, now) };
    }
    return token;
  }

  #asked(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (token: string | undefined) => {
        cancel();
        resolve(typeof token === "string" ? token : undefined);
      };
      const giveUp = () => settle(undefined);
      const cancel = this.#platform.clock.after(this.#config.connectTimeoutMs, giveUp);
      this.#giveUp = giveUp;
      Promise.resolve().then(this.#provider).then(settle, giveUp);
    });
  }
}
