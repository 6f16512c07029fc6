/** Questions to the server that need no socket: each has a deadline, and any tab may ask. */
import { isErrorCode } from "../core/codes.ts";
import { HoldfastError } from "../errors.ts";
import type { Config } from "../options.ts";
import type { HttpCall, HttpResponse, Platform } from "../ports.ts";
import type { Tokens } from "./tokens.ts";

/** What a question says about itself; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

type Send = (headers: Readonly<Record<string, string>>) => HttpCall;

export class Questions {
  readonly #config: Config;
  readonly #platform: Platform;
  readonly #tokens: Tokens;
  readonly #open = new Set<() => void>();

  constructor(config: Config, platform: Platform, tokens: Tokens) {
    this.#config = config;
    this.#platform = platform;
    this.#tokens = tokens;
  }

  /**
   * The body of the answer. Rejects with the server's error, or with `timeout`, `offline`,
   * `unauthenticated` (also when the app has no token) and `closed`.
   */
  get(path: string, query: Query = {}): Promise<unknown> {
    const url = `${this.#config.url}${path}${queryText(query)}`;
    return this.#answer((headers) => this.#platform.http.get(url, headers));
  }

  /** As `get`. */
  put(path: string, body: unknown): Promise<unknown> {
    const url = `${this.#config.url}${path}`;
    return this.#answer((headers) => this.#platform.http.put(url, headers, body));
  }

  /** As `get`. */
  delete(path: string): Promise<unknown> {
    const url = `${this.#config.url}${path}`;
    return this.#answer((headers) => this.#platform.http.delete(url, headers));
  }

  stop(): void {
    for (const end of [...this.#open]) end();
  }

  async #answer(send: Send): Promise<unknown> {
    const first = await this.#ask(send);
    // The token has ended, or the app's keys have changed: once more with another one.
    return bodyOf(first.status === 401 ? await this.#ask(send) : first);
  }

  async #ask(send: Send): Promise<HttpResponse> {
    const token = await this.#tokens.get();
    if (token === undefined) throw new HoldfastError("unauthenticated");
    const response = await this.#within(send({ authorization: `Bearer ${token}` }));
    if (response.status === 401) this.#tokens.refused(token);
    return response;
  }

  #within(call: HttpCall): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        cancelTimer();
        this.#open.delete(close);
        end();
      };
      const fail = (code: "timeout" | "closed") => {
        call.cancel();
        settle(() => reject(new HoldfastError(code)));
      };
      const close = () => fail("closed");
      const { requestTimeoutMs } = this.#config;
      const cancelTimer = this.#platform.clock.after(requestTimeoutMs, () => fail("timeout"));
      this.#open.add(close);
      call.response.then(
        (response) => settle(() => resolve(response)),
        (cause) => settle(() => reject(new HoldfastError("offline", { cause }))),
      );
    });
  }
}

function queryText(query: Query): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function bodyOf({ status, body }: HttpResponse): unknown {
  if (status >= 200 && status < 300) return body;
  const { error } = (body ?? {}) as { error?: { code?: unknown; field?: string; rule?: string } };
  const code = error?.code;
  throw new HoldfastError(isErrorCode(code) ? code : "internal", error ?? {});
}
