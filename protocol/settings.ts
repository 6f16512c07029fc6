/**
 * What an operator may change while the system runs (`PATCH /v1/policy`), with bounds and defaults.
 * Tests shrink these to make rare paths common and slow ones fast.
 */
import * as v from "valibot";
import { LIMITS } from "./limits.ts";

function between(min: number, max: number) {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max));
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const delayMs = between(1, DAY_MS);

/** How long to wait for an ack before attempt n + 1. */
export const retryStrategySchema = v.variant("kind", [
  /** Always the same. */
  v.strictObject({ kind: v.literal("fixed"), delayMs }),
  /** The n-th delay after the n-th attempt; the last one repeats. */
  v.strictObject({
    kind: v.literal("stepped"),
    delaysMs: v.pipe(v.array(delayMs), v.minLength(1), v.maxLength(32)),
  }),
  /** Learned per device from its ack times, growing by half each attempt, from `baseMs` to `capMs`. */
  v.strictObject({ kind: v.literal("adaptive"), baseMs: delayMs, capMs: delayMs }),
]);
export type RetryStrategy = v.InferOutput<typeof retryStrategySchema>;

export const retrySchema = v.strictObject({
  /** Strategy by the platform that the device names in hello; `default` for all others. */
  strategies: v.objectWithRest({ default: retryStrategySchema }, retryStrategySchema),
  /** Pushes of the same run in all, the first included. */
  maxAttempts: between(1, 32),
  /** No retry of an entry older than this; the device's catch-up still brings it. */
  ttlMs: between(1_000, 30 * DAY_MS),
  /** Delays are spread by up to this share, upwards: 0.2 means 100 to 120 %. */
  jitter: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
});

export const settingsSchema = v.strictObject({
  retry: retrySchema,
  /** App versions below this are pushed to without retries. Dotted numbers. */
  minAckVersion: v.pipe(v.string(), v.regex(/^\d+(\.\d+){0,3}$/, "version")),
  /** Un-acked live entries and bytes per device. */
  windowEntries: between(1, 1_024),
  windowBytes: between(1_024, 4 * 1024 * 1024),
  pageBytes: between(256, 65_536),
  /** How far back a device may resume. */
  retentionMs: between(1_000, 3_650 * DAY_MS),
  /** A new device gets at most this many old entries fed; with more it starts from the state. */
  freshEntries: between(0, 1_000_000),
  /** How often cursors and ledger are written for live devices, in entries and in time. */
  flushEntries: between(1, 4_096),
  flushMs: between(1_000, DAY_MS),
  /** An object hands its statistics over after so many counts or this time: about a row each. */
  statsCounts: between(1, 1_000_000),
  statsMs: between(1_000, DAY_MS),
  /** Rows between two checkpoints of conversation state: more mean a longer rebuild on waking. */
  checkpointRows: between(1, 10_000),
  /** So many rows are indexed for the search at once; a search looks through the rest itself. */
  searchRows: between(1, 10_000),
  /** Frames and messages that one device may send: at once, and on average. */
  rateBurst: between(1, 1_000_000),
  ratePerSecond: between(1, 1_000_000),
  /** Sockets that one device may open in a minute; beyond it the Worker answers 429. */
  connectsPerMinute: between(1, 1_000_000),
  /**
   * Direct conversations that one user may begin, groups made and people added to groups: so many at
   * once, and so many in a day.
   */
  newConversationsPerDay: between(1, 1_000_000),
  editWindowMs: between(0, 3_650 * DAY_MS),
  recallWindowMs: between(0, 3_650 * DAY_MS),
  /** Acks: after the last entry, and at the latest after the first. */
  ackDelayMs: between(0, 10_000),
  ackMaxMs: between(1, 60_000),
  /** A call to another object; then it counts as failed and is repeated with backoff. */
  handOffTimeoutMs: between(10, 30_000),
  handOffDelaysMs: v.pipe(v.array(delayMs), v.minLength(1), v.maxLength(32)),
  /** An accepted message that its home could not be told within this time becomes *failed*. */
  handOffTtlMs: between(1_000, 30 * DAY_MS),
  /** The safety alarm of an object that works. */
  safetyAlarmMs: between(100, 60_000),
  /** One file, and all files of one user; 0: nobody uploads anything. */
  fileBytes: between(0, 1_000 * LIMITS.filePartBytes),
  userFileBytes: between(0, 1_024 ** 4),
  /** A file that no message names is erased after this: longer than an outbox waits. */
  unusedFileMs: between(1_000, 3_650 * DAY_MS),
  /** Groups beyond this many members have one log for all, and no copies. */
  groupCopyMembers: between(0, LIMITS.membersPerGroup),
  /** Whether one may write to a user who never signed in. */
  recipients: v.picklist(["any", "known"]),
});

/** The settings in force. */
export type Settings = v.InferOutput<typeof settingsSchema>;

/** A change: any subset of the settings; `retry` is replaced as a whole. */
export const settingsPatchSchema = v.partial(settingsSchema);
export type SettingsPatch = v.InferOutput<typeof settingsPatchSchema>;

export const DEFAULT_SETTINGS: Settings = {
  retry: {
    // Xianyu's fixed 10 s first, then growing steps.
    strategies: {
      default: {
        kind: "stepped",
        delaysMs: [10_000, 10_000, 10_000, 20_000, 40_000, 80_000, 300_000],
      },
    },
    maxAttempts: 8,
    ttlMs: 7 * DAY_MS,
    jitter: 0.2,
  },
  minAckVersion: "0",
  windowEntries: 64,
  windowBytes: 262_144,
  pageBytes: 65_536,
  retentionMs: 30 * DAY_MS,
  freshEntries: 1_000,
  flushEntries: 64,
  flushMs: HOUR_MS,
  statsCounts: 512,
  statsMs: 6 * HOUR_MS,
  checkpointRows: 256,
  searchRows: 256,
  rateBurst: 120,
  ratePerSecond: 10,
  connectsPerMinute: 10,
  newConversationsPerDay: 1_000,
  editWindowMs: DAY_MS,
  recallWindowMs: DAY_MS,
  ackDelayMs: 100,
  ackMaxMs: 1_000,
  handOffTimeoutMs: 5_000,
  handOffDelaysMs: [1_000, 2_000, 5_000, 15_000, 60_000, 300_000],
  handOffTtlMs: 7 * DAY_MS,
  safetyAlarmMs: 10_000,
  groupCopyMembers: 200,
  fileBytes: 20 * 1_024 ** 2,
  userFileBytes: 1_024 ** 3,
  unusedFileMs: 8 * DAY_MS,
  recipients: "known",
};
