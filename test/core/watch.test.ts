import { expect, test } from "vitest";
import { isWatchStale, NO_WATCH, watchedStatsMs, watchFrom } from "../../worker/core/watch.ts";

const NOW = 1_000_000_000;
const HOURS_MS = 6 * 3_600_000;

test.each([
  ["where little happens, within seconds", 0, 5_000],
  ["up to some hundred events a second", 400, 5_000],
  ["less often the more there is", 4_000, 50_000],
])("a look hastens the statistics: %s", (_, eventsPerSecond, statsMs) => {
  expect(watchFrom(NOW, eventsPerSecond).statsMs).toBe(statsMs);
});

test("a look ends by itself, and never slows anything down", () => {
  const watch = watchFrom(NOW, 4_000);
  expect(watchedStatsMs(HOURS_MS, watch, NOW)).toBe(50_000);
  expect(watchedStatsMs(1_000, watch, NOW)).toBe(1_000);
  expect(watchedStatsMs(HOURS_MS, watch, watch.until)).toBe(HOURS_MS);
  expect(watchedStatsMs(HOURS_MS, NO_WATCH, NOW)).toBe(HOURS_MS);
});

test("a look that goes on is said again now and then, or when the crowd has grown", () => {
  const watch = watchFrom(NOW, 0);
  expect(isWatchStale(NO_WATCH, watch)).toBe(true);
  expect(isWatchStale(watch, watchFrom(NOW + 4_000, 0))).toBe(false);
  expect(isWatchStale(watch, watchFrom(NOW + 60_000, 0))).toBe(true);
  expect(isWatchStale(watch, watchFrom(NOW + 4_000, 4_000))).toBe(true);
});
