/**
 * The operator's settings and the signing key: tiny state, rare writes, no sockets, no alarms.
 * itty-durable keeps the own properties of this class as one value.
 *
 * It has no RPC and takes any path under `/do/` for a call, so it is reached through `policyStub`
 * alone (policy.ts), which builds its own requests.
 */
import { createDurable } from "itty-durable";
import * as v from "valibot";
import { type SettingsPatch, settingsPatchSchema } from "../protocol/settings.ts";
import { NO_WATCH, type Watch } from "./core/watch.ts";

/** A change of the settings: who made it, when, and what it set. */
export interface PolicyChange {
  readonly at: number;
  readonly by: string;
  readonly patch: SettingsPatch;
  /** What was in force before, by the same names; absent in changes of older versions. */
  readonly was?: SettingsPatch;
}

export interface PolicyRecord {
  /** What differs from the defaults. */
  readonly overrides: SettingsPatch;
  /** Newest first. */
  readonly history: readonly PolicyChange[];
  /** Somebody looks at the console. */
  readonly watch: Watch;
}

const HISTORY_CHANGES = 20;
const KEY_BYTES = 32;

// autoPersist stays off: it would write a row after every request, reads included.
export class PolicyObject extends createDurable({ autoPersist: false }) {
  overrides: SettingsPatch = {};
  history: readonly PolicyChange[] = [];
  key = "";
  /** Lives in memory alone: an operator who still looks says so again. */
  watch = NO_WATCH;

  read(): PolicyRecord {
    return { overrides: this.overrides, history: this.history, watch: this.watch };
  }

  /** `watchJson`: a Watch. Costs no row. */
  look(watchJson: string): PolicyRecord {
    this.watch = JSON.parse(watchJson) as Watch;
    return this.read();
  }

  /** `changeJson`: a PolicyChange. Arguments travel in a header, so policy.ts keeps it in ASCII. */
  async change(changeJson: string): Promise<PolicyRecord> {
    const { patch, ...about } = JSON.parse(changeJson) as PolicyChange;
    const change = { ...about, patch: v.parse(settingsPatchSchema, patch) };
    this.overrides = { ...this.overrides, ...change.patch };
    this.history = [change, ...this.history].slice(0, HISTORY_CHANGES);
    await this.persist();
    return this.read();
  }

  /** 256 random bits in base64url, made at the first call and kept from then on. */
  async signingKey(): Promise<string> {
    if (this.key === "") {
      const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
      this.key = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
      await this.persist();
    }
    return this.key;
  }

  /** Inherited, and callable by name: the settings are not to be lost by a slip. */
  override destroy(): Promise<never> {
    throw new Error("the policy can't be destroyed");
  }

  override reset(): Promise<never> {
    throw new Error("the policy can't be reset");
  }
}
