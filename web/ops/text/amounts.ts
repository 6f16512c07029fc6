import type { ColumnKind } from "../figures/table.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Numbers, times and money as the language has them. */
export interface Amounts {
  count(n: number): string;
  /** `part` of 1, as a percentage. */
  share(part: number): string;
  /** In the largest unit that leaves at least 1: `850 ms`, `12 s`, `3.5 min`, `2 d`. */
  duration(ms: number): string;
  usd(dollars: number): string;
  /** Hours and minutes. */
  clock(at: number): string;
  /** Date and time, to the second. */
  moment(at: number): string;
  /** A value of a table's column. */
  cell(kind: ColumnKind, value: number): string;
}

export function amountsIn(language: string): Amounts {
  const number = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(language, options);
    return (n: number) => format.format(n);
  };
  const date = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, options);
    return (at: number) => format.format(at);
  };
  const count = number({ maximumFractionDigits: 1 });
  const share = number({ style: "percent", maximumFractionDigits: 1 });
  const usd = number({
    style: "currency",
    currency: "USD",
    // "US$" is torn apart where the writing goes from right to left.
    currencyDisplay: "narrowSymbol",
    maximumSignificantDigits: 3,
  });
  const moment = date({ dateStyle: "short", timeStyle: "medium" });
  const duration = durationsIn(language);
  const byKind: Record<Exclude<ColumnKind, "text">, (value: number) => string> = {
    time: moment,
    ms: duration,
    count,
    share,
    usd,
  };
  return {
    count,
    share,
    duration,
    usd,
    clock: date({ hour: "2-digit", minute: "2-digit" }),
    moment,
    cell: (kind, value) => (kind === "text" ? String(value) : byKind[kind](value)),
  };
}

function durationsIn(language: string): (ms: number) => string {
  const unit = (name: string) => {
    const options = { style: "unit", unit: name, unitDisplay: "short" } as const;
    const format = new Intl.NumberFormat(language, { ...options, maximumSignificantDigits: 3 });
    return (n: number) => format.format(n);
  };
  const units = [
    { ms: DAY_MS, say: unit("day") },
    { ms: HOUR_MS, say: unit("hour") },
    { ms: MINUTE_MS, say: unit("minute") },
    { ms: SECOND_MS, say: unit("second") },
  ];
  const milliseconds = unit("millisecond");
  return (ms) => {
    const fitting = units.find((one) => ms >= one.ms);
    return fitting === undefined ? milliseconds(Math.round(ms)) : fitting.say(ms / fitting.ms);
  };
}
