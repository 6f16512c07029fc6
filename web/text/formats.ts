import type { Say } from "./texts.ts";

const DAY_MS = 86_400_000;
const UNITS = [
  ["day", DAY_MS],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** Times as the language and the machine's time zone have them. */
export interface Formats {
  time(at: number): string;
  /** With seconds and milliseconds, for message info. */
  exact(at: number): string;
  /** In the largest unit of which it is at least one. */
  duration(ms: number): string;
  /** `Today`, `Yesterday`, a weekday within a week, else a date. */
  day(at: number, now: number): string;
  /** For a list: the time of today's, the day of older ones. */
  short(at: number, now: number): string;
}

export function formatsIn(language: string, say: Say): Formats {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, options);
    return (at: number) => formatter.format(at);
  };
  const time = format({ hour: "2-digit", minute: "2-digit" });
  const weekday = format({ weekday: "long" });
  const date = format({ dateStyle: "long" });
  const shortDate = format({ dateStyle: "short" });
  const day = (at: number, now: number) => {
    const days = daysBetween(at, now);
    if (days === 0) return say("today");
    if (days === 1) return say("yesterday");
    return days > 1 && days < 7 ? weekday(at) : date(at);
  };
  return {
    time,
    duration(ms) {
      const [unit, size] = UNITS.find((one) => ms >= one[1]) ?? ["millisecond", 1];
      const maximumFractionDigits = size === 1 ? 0 : 1;
      const options = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits } as const;
      return new Intl.NumberFormat(language, options).format(ms / size);
    },
    exact: format({
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      fractionalSecondDigits: 3,
    }),
    day,
    short(at, now) {
      const days = daysBetween(at, now);
      if (days === 0) return time(at);
      return days < 7 ? day(at, now) : shortDate(at);
    },
  };
}

/** Calendar days, of which some have 23 or 25 hours. */
function daysBetween(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
