/**
 * What the system counts about itself: a closed list. Labels take values from closed lists too
 * (routes, causes, error codes), so that the number of series stays small.
 */
export interface Metric {
  readonly help: string;
  readonly labels: readonly string[];
}

export const COUNTERS = {
  accepted: { help: "messages given their number by their home", labels: [] },
  refused: { help: "submitted messages that were refused", labels: ["code"] },
  duplicates: { help: "repeats answered without storing anything", labels: ["at"] },
  routed: { help: "messages that arrived in their recipient's object", labels: [] },
  pushed: { help: "entries sent to devices, first attempts", labels: ["route"] },
  acked: { help: "entries acked by devices, by what brought them", labels: ["route"] },
  acked_in_time: { help: "entries acked within 10 s of their first push", labels: [] },
  interrupted: { help: "entries under way when their connection ended", labels: [] },
  unconfirmed: { help: "entries sent to devices that can't ack", labels: ["route"] },
  retries: { help: "pushes repeated for want of an ack", labels: ["attempt", "strategy"] },
  given_up: { help: "entries no longer retried, or messages that failed", labels: ["why"] },
  nacks: { help: "entries refused by a device", labels: [] },
  placeholders: { help: "poisoned entries replaced for a device", labels: [] },
  connects: { help: "sessions by what the client says caused them", labels: ["cause"] },
  hand_offs: { help: "calls between objects", labels: ["outcome"] },
  alarms: { help: "alarm runs", labels: [] },
  versions: { help: "minutes that a version of the Worker took part in", labels: ["version"] },
  rows_written: { help: "rows written by objects, as billed", labels: [] },
  rows_read: { help: "rows read by objects, as billed", labels: [] },
  requests: { help: "requests and calls that users' objects took, upgrades included", labels: [] },
  frames: { help: "socket frames that users' objects took, without heartbeats", labels: [] },
  active_ms: { help: "time in which users' objects could not hibernate, estimated", labels: [] },
} as const satisfies Record<string, Metric>;

export const HISTOGRAMS = {
  compensation_ms: {
    help: "acceptance at the recipient's object until stored, when not acked at the first push",
    labels: ["route"],
  },
  arrival_ms: {
    help: "acceptance at the home until a device of the recipient had it, or the person read it",
    labels: ["by"],
  },
  heartbeat_ms: { help: "heartbeat intervals that devices have learned, at hello", labels: [] },
  ack_ms: { help: "first push until ack", labels: [] },
  alarm_lag_ms: { help: "how late alarms run", labels: [] },
  hand_off_ms: { help: "duration of calls between objects", labels: [] },
  queue_depth: { help: "entries that a device has not acked, sampled", labels: [] },
  queue_oldest_ms: { help: "age of the oldest of them, sampled", labels: [] },
} as const satisfies Record<string, Metric>;

export type CounterName = keyof typeof COUNTERS;
export type HistogramName = keyof typeof HISTOGRAMS;

/** One value per label of the metric, in its order. */
export type LabelValues<L extends readonly string[]> = {
  readonly [I in keyof L]: string | number;
};

/** Names one line of a metric: `retries|3|stepped`. */
export function seriesOf(name: string, labels: readonly (string | number)[]): string {
  return [name, ...labels.map(labelValue)].join("|");
}

export interface Series {
  readonly name: string;
  readonly labels: readonly string[];
}

export function parseSeries(series: string): Series {
  const [name = "", ...labels] = series.split("|");
  return { name, labels };
}

/** What is no plain word would break a series' name or an export's syntax. */
function labelValue(value: string | number): string {
  const text = String(value);
  return /^[A-Za-z0-9._+-]{1,32}$/.test(text) ? text : "other";
}
