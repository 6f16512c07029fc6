import type { Say } from "./texts.ts";

const DAY_MS = 86_400_000;

/** Times as the language and the machine's time zone have them. */
export interface Formats {
  time(at: number): string;
  /** With seconds and milliseconds, for message info. */
  exact(at: number): string;
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
  const unit = (name: string, digits: number) =>
    new Intl.NumberFormat(language, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    });
  const milliseconds = unit("millisecond", 0);
  const seconds = unit("second", 1);
  return {
    time,
    duration: (ms) => (ms < 1_000 ? milliseconds.format(ms) : seconds.format(ms / 1_000)),
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
