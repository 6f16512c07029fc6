/** The settings in force, as every caller sees them: cached for some seconds, never a reason to fail. */
import { proxyDurable } from "itty-durable";
import * as v from "valibot";
import {
  DEFAULT_SETTINGS,
  type Settings,
  type SettingsPatch,
  settingsSchema,
} from "../protocol/settings.ts";
import { isWatchStale, NO_WATCH, type Watch, watchedStatsMs, watchFrom } from "./core/watch.ts";
import { within } from "./deadline.ts";
import { type HoldfastEnv, isDevelopment } from "./env.ts";
import { logFailure } from "./log.ts";
import type { Reading } from "./meter.ts";
import type { PolicyChange, PolicyRecord } from "./policy-object.ts";

/** How long a change may take until all callers see it. */
const CACHE_MS = 5_000;
/** Settings are worth less waiting than a message. */
const DEADLINE_MS = 1_000;

interface Heard {
  readonly settings: Settings;
  readonly watch: Watch;
}

interface Cached extends Heard {
  readonly until: number;
}

/** What the policy object was asked and has written, as far as this isolate caused it. */
const spent = { requests: 0, rowsWritten: 0 };

/** By binding, since each isolate, and in tests each environment, has its own. */
const cache = new WeakMap<object, Cached>();

interface PolicyStub {
  read(): Promise<PolicyRecord>;
  change(changeJson: string): Promise<PolicyRecord>;
  look(watchJson: string): Promise<PolicyRecord>;
  signingKey(): Promise<string>;
}

/** A new stub per call, since a broken one stays broken. Don't await it: it answers to any name. */
function policyStub(env: HoldfastEnv): PolicyStub {
  spent.requests += 1;
  return proxyDurable(env.POLICY, { parse: true }).get("policy");
}

/** Defaults, and the operator's overrides on top. */
export async function currentSettings(env: HoldfastEnv, now: number): Promise<Settings> {
  const cached = cache.get(env.POLICY);
  if (cached !== undefined && isFresh(cached, now)) return cached.settings;
  // One caller asks; the others take what is known until then, or a busy object would ask at each frame.
  if (cached !== undefined) keep(env, cached, now + DEADLINE_MS);
  try {
    return remember(env, await within(policyStub(env).read(), DEADLINE_MS), now);
  } catch (error) {
    logFailure("policy-unreachable", error);
    // Also for a while, or each caller would wait for the deadline.
    return keep(env, cached ?? unheard(env), now + CACHE_MS);
  }
}

/** What was last heard, without asking; the defaults when nothing was. A look hastens statistics. */
export function knownSettings(env: HoldfastEnv, now = Date.now()): Settings {
  const { settings, watch } = cache.get(env.POLICY) ?? unheard(env);
  return { ...settings, statsMs: watchedStatsMs(settings.statsMs, watch, now) };
}

/** Somebody looks at the console: heard everywhere within the time of a cache, and never a failure. */
export async function lookAtStats(
  env: HoldfastEnv,
  eventsPerSecond: number,
  now: number,
): Promise<void> {
  const watch = watchFrom(now, eventsPerSecond);
  if (!isWatchStale(cache.get(env.POLICY)?.watch ?? NO_WATCH, watch)) return;
  try {
    const stub = policyStub(env);
    remember(env, await within(stub.look(JSON.stringify(watch)), DEADLINE_MS), now);
  } catch (error) {
    logFailure("policy-unreachable", error);
  }
}

/** Rejects when the object can't be reached. */
export function readPolicy(env: HoldfastEnv): Promise<PolicyRecord> {
  return within(policyStub(env).read(), DEADLINE_MS);
}

/** In force here at once, elsewhere when the caches there run out. Rejects when not stored. */
export async function changePolicy(
  env: HoldfastEnv,
  change: { readonly patch: SettingsPatch; readonly by: string },
  now: number,
): Promise<Settings> {
  const was = pick(settingsFrom(env, (await readPolicy(env)).overrides), change.patch);
  const entry: PolicyChange = { at: now, by: change.by, patch: change.patch, was };
  const record = await policyStub(env).change(asciiJson(entry));
  spent.rowsWritten += 1;
  return remember(env, record, now);
}

/** Told by its callers, for itty-durable counts nothing: one row for each change. */
export function policyReading(): Reading {
  return { object: "policy", since: 0, ...spent, rowsRead: 0, frames: 0, alarms: 0, activeMs: 0 };
}

/** The key that this deploy minted for itself. */
export function mintedSigningKey(env: HoldfastEnv): Promise<string> {
  return within(policyStub(env).signingKey(), 5 * DEADLINE_MS);
}

/** A clock that went back must not make a cached value last. */
function isFresh({ until }: Cached, now: number): boolean {
  return now < until && until - now <= CACHE_MS;
}

function remember(env: HoldfastEnv, { overrides, watch }: PolicyRecord, now: number): Settings {
  return keep(env, { settings: settingsFrom(env, overrides), watch }, now + CACHE_MS);
}

function keep(env: HoldfastEnv, { settings, watch }: Heard, until: number): Settings {
  cache.set(env.POLICY, { settings, watch, until });
  return settings;
}

function unheard(env: HoldfastEnv): Heard {
  return { settings: settingsFrom(env, {}), watch: NO_WATCH };
}

/** An override that a newer version no longer allows is left out, the others stay. */
function settingsFrom(env: HoldfastEnv, overrides: SettingsPatch): Settings {
  const schemas: Readonly<Record<string, v.GenericSchema>> = settingsSchema.entries;
  const usable = Object.entries(overrides).filter(([name, value]) => {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    return schema !== undefined && v.is(schema, value);
  });
  return v.parse(settingsSchema, {
    ...DEFAULT_SETTINGS,
    recipients: defaultRecipients(env),
    // Whoever develops wants to see what happens now.
    ...(isDevelopment(env) ? { statsMs: 5_000 } : {}),
    ...Object.fromEntries(usable),
  });
}

/** The settings that a patch names. */
function pick(settings: Settings, patch: SettingsPatch): SettingsPatch {
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => Object.hasOwn(patch, name)),
  );
}

function defaultRecipients(env: HoldfastEnv): Settings["recipients"] {
  if (v.is(settingsSchema.entries.recipients, env.RECIPIENTS)) return env.RECIPIENTS;
  return isDevelopment(env) ? "any" : DEFAULT_SETTINGS.recipients;
}

/** Header values are bytes: platform names beyond ASCII must not break a change. */
function asciiJson(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escaped);
}
