/**
 * What the Worker and its objects are configured with. Bindings are written as the few methods that
 * their callers use, so that a test can bring its own.
 */
import type { Priority } from "../protocol/entries.ts";
import type { HandOff, HandOffReply } from "../protocol/hand-offs.ts";
import type { Hint, HintReply } from "../protocol/presence.ts";
import type { StatsBatch, StatsBucket, StatsRange } from "./core/stats.ts";
import type { GroupAnswer, GroupRequest } from "./group-requests.ts";
import type { Reading } from "./meter.ts";
import type { UserAnswer, UserRequest } from "./requests.ts";

export interface HoldfastEnv {
  readonly USER: Named<UserStub>;
  readonly GROUP: Named<GroupStub>;
  /** By share of the names: who has deleted their account. */
  readonly TOMBSTONE: Named<TombstoneStub>;
  /** Only for `proxyDurable`: no request of a client ever goes there. */
  readonly POLICY: object;
  readonly STATS: Named<StatsStub>;
  /** Profiles; absent where users have no names but their ids. */
  readonly DIRECTORY?: D1Database;
  /** The page; absent where only the API is served. */
  readonly ASSETS?: Pick<Fetcher, "fetch">;
  /** Wakes devices that are offline: a service of the operator's, e.g. one that sends pushes. */
  readonly WAKER?: Waker;
  /** Which deploy this is. */
  readonly VERSION?: { readonly id: string };
  /** Where the bytes of files lie; absent where nobody may send any. */
  readonly FILES?: Bucket;
  readonly ANALYTICS?: AnalyticsEngineDataset;
  /** The secret shared with the app that signs HS256 tokens: at least 32 bytes. */
  readonly AUTH_SECRET?: string;
  /** The app's public keys (EdDSA, ES256, RS256): a JSON Web Key Set, or its https URL. */
  readonly AUTH_JWKS?: string;
  /** What a token must say in `iss` and `aud`; both are "holdfast" by default. */
  readonly AUTH_ISSUER?: string;
  readonly AUTH_AUDIENCE?: string;
  /** Other origins whose pages may call the API and open sockets, separated by commas. */
  readonly ALLOWED_ORIGINS?: string;
  /** "on": anyone may sign in as anyone. Development only. */
  readonly DEV_SIGN_IN?: string;
  /** Default of the setting `recipients`. */
  readonly RECIPIENTS?: string;
}

/** What may be told to wake a person's offline devices: nothing of the content. */
export interface WakeUp {
  readonly user: string;
  /** Wake-ups with the same key may replace each other. */
  readonly collapseKey: string;
  readonly urgency: Priority;
}

export interface Waker {
  wake(wakeUp: WakeUp): Promise<void>;
}

/** As much of R2 as is used. */
export type Bucket = Pick<R2Bucket, "delete" | "get" | "head" | "list" | "put">;

export interface Named<Stub> {
  getByName(name: string): Stub;
}

/** A user's object as its callers see it. */
export interface UserStub {
  fetch(request: Request): Promise<Response>;
  handOff(call: HandOff): Promise<HandOffReply>;
  hint(hint: Hint): Promise<HintReply>;
  request(op: UserRequest): Promise<UserAnswer>;
  /** Ends the object as a crash would; only the development route calls it. */
  crash(): Promise<void>;
  meter(): Promise<Reading>;
}

/** A group's object as its callers see it. */
export interface GroupStub {
  handOff(call: HandOff): Promise<HandOffReply>;
  hint(hint: Hint): Promise<HintReply>;
  request(op: GroupRequest): Promise<GroupAnswer>;
  crash(): Promise<void>;
  meter(): Promise<Reading>;
}

export interface TombstoneStub {
  bury(user: string): Promise<void>;
  isBuried(user: string): Promise<boolean>;
}

export interface StatsStub {
  add(batch: StatsBatch): Promise<void>;
  read(range: StatsRange): Promise<StatsBucket[]>;
  total(): Promise<StatsBatch>;
  meter(): Promise<Reading>;
}

export function isDevelopment(env: HoldfastEnv): boolean {
  return env.DEV_SIGN_IN === "on";
}
