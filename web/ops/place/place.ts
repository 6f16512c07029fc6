import { isUserId } from "../../../protocol/names.ts";

export const VIEWS = [
  "overview",
  "delivery",
  "connections",
  "retries",
  "trace",
  "users",
  "cost",
  "policy",
] as const;
export type View = (typeof VIEWS)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const RANGES = {
  "15m": 15 * MINUTE_MS,
  "1h": HOUR_MS,
  "6h": 6 * HOUR_MS,
  "24h": 24 * HOUR_MS,
  "7d": 7 * 24 * HOUR_MS,
  "30d": 30 * 24 * HOUR_MS,
} as const;
export type RangeName = keyof typeof RANGES;

/** Up to now and moving with it, or a stretch of time that stands still (ms since 1970). */
export type Range =
  | { readonly kind: "last"; readonly name: RangeName }
  | { readonly kind: "fixed"; readonly from: number; readonly to: number };

/** What the console shows, whole in the address. */
export interface Place {
  readonly view: View;
  readonly range: Range;
  /** Message to trace. */
  readonly message?: string;
  readonly user?: string;
  readonly device?: string;
  /** Around when to look for messages, ms since 1970. */
  readonly at?: number;
}

const PREFIX = "/ops";
const DEFAULT_RANGE: RangeName = "15m";

export function parsePlace(pathname: string, search: string): Place {
  const name = pathname.slice(PREFIX.length + 1);
  const query = new URLSearchParams(search);
  const message = query.get("message") ?? "";
  const user = query.get("user") ?? "";
  const device = query.get("device") ?? "";
  const at = wholeNumber(query.get("at"));
  return {
    view: VIEWS.find((view) => view === name) ?? "overview",
    range: parseRange(query),
    ...(message !== "" && { message }),
    ...(isUserId(user) && { user }),
    ...(device !== "" && { device }),
    ...(at !== undefined && { at }),
  };
}

export function formatPlace({ view, range, ...rest }: Place): string {
  const query = new URLSearchParams(formatRange(range));
  for (const [name, value] of Object.entries(rest)) query.set(name, String(value));
  const path = view === "overview" ? PREFIX : `${PREFIX}/${view}`;
  // Names and ids stay readable: this means nothing in a query.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%40", "@");
  return text === "" ? path : `${path}?${text}`;
}

function parseRange(query: URLSearchParams): Range {
  const from = wholeNumber(query.get("from"));
  const to = wholeNumber(query.get("to"));
  if (from !== undefined && to !== undefined && from < to) return { kind: "fixed", from, to };
  const name = query.get("range") ?? "";
  return { kind: "last", name: isRangeName(name) ? name : DEFAULT_RANGE };
}

function formatRange(range: Range): Record<string, string> {
  if (range.kind === "fixed") return { from: String(range.from), to: String(range.to) };
  return range.name === DEFAULT_RANGE ? {} : { range: range.name };
}

function isRangeName(name: string): name is RangeName {
  return Object.hasOwn(RANGES, name);
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
