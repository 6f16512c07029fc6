import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS, type RetryStrategy, type Settings } from "../../protocol/settings.ts";
import {
  adaptiveFloorMs,
  canAck,
  compareVersions,
  type Delay,
  learn,
  type RoundTrip,
  retryDelayMs,
  strategyFor,
} from "../../worker/core/delivery.ts";

function settingsWith(strategy: RetryStrategy, jitter = 0): Settings {
  const retry = { ...DEFAULT_SETTINGS.retry, strategies: { default: strategy }, jitter };
  return { ...DEFAULT_SETTINGS, retry };
}

function delayWith(strategy: RetryStrategy, roundTrip: RoundTrip | null = null): Delay {
  return { settings: settingsWith(strategy), platform: "web", roundTrip, priority: "normal" };
}

/** When each push happens, the first at 0, on a clock that nobody waits for. */
function pushTimes(delay: Delay, pushes: number): number[] {
  const times = [0];
  for (let attempt = 1; attempt < pushes; attempt++) {
    times.push((times.at(-1) ?? 0) + retryDelayMs(delay, attempt, 0));
  }
  return times;
}

const SLOW: RoundTrip = { smoothedMs: 4_000, varianceMs: 500 };

describe("R10 retry strategies over a simulated clock", () => {
  test.each<[string, Delay, number[]]>([
    [
      "fixed",
      delayWith({ kind: "fixed", delayMs: 10_000 }),
      [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 70_000],
    ],
    [
      "stepped, as it comes: 10, 10, 10, 20, 40, 80, 300 s",
      delayWith(DEFAULT_SETTINGS.retry.strategies.default),
      [0, 10_000, 20_000, 30_000, 50_000, 90_000, 170_000, 470_000],
    ],
    [
      "stepped: the last step repeats",
      delayWith({ kind: "stepped", delaysMs: [1, 5] }),
      [0, 1, 6, 11, 16, 21, 26, 31],
    ],
    [
      "adaptive, nothing learned: base, half as much more each time, up to the cap",
      delayWith({ kind: "adaptive", baseMs: 4_000, capMs: 10_000 }),
      [0, 4_000, 10_000, 19_000, 29_000, 39_000, 49_000, 59_000],
    ],
    [
      "adaptive, a slow network: never below what the device needs",
      delayWith({ kind: "adaptive", baseMs: 1_000, capMs: 5_000 }, SLOW),
      [0, 7_100, 14_200, 21_300, 28_400, 35_500, 42_600, 49_700],
    ],
  ])("R10 %s", (_, delay, times) => {
    expect(pushTimes(delay, 8)).toEqual(times);
  });

  test("R10 the lower bound: ack delay, smoothed round trip, four times its variance, a second", () => {
    expect(adaptiveFloorMs(DEFAULT_SETTINGS, SLOW)).toBe(100 + 4_000 + 4 * 500 + 1_000);
    expect(adaptiveFloorMs(DEFAULT_SETTINGS, null)).toBe(1_100);
  });

  test("R18 urgent entries are tried sooner, bulk ones later", () => {
    const delay = delayWith({ kind: "fixed", delayMs: 10_000 });
    expect(retryDelayMs({ ...delay, priority: "urgent" }, 1, 0)).toBe(5_000);
    expect(retryDelayMs({ ...delay, priority: "bulk" }, 1, 0)).toBe(20_000);
  });

  test("R10 jitter spreads upwards only, by at most its share", () => {
    const attempt = fc.integer({ min: 1, max: 32 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const strategies: RetryStrategy[] = [
      { kind: "fixed", delayMs: 10_000 },
      DEFAULT_SETTINGS.retry.strategies.default,
      { kind: "adaptive", baseMs: 2_000, capMs: 60_000 },
    ];
    fc.assert(
      fc.property(attempt, random, fc.constantFrom(...strategies), (n, chance, strategy) => {
        const plain = retryDelayMs(delayWith(strategy), n, chance);
        const spread = retryDelayMs(
          { ...delayWith(strategy), settings: settingsWith(strategy, 0.2) },
          n,
          chance,
        );
        expect(spread).toBeGreaterThanOrEqual(plain);
        expect(spread).toBeLessThanOrEqual(Math.round(plain * 1.2));
      }),
    );
  });

  test("R10 each platform has its strategy, others the default one", () => {
    const fixed = { kind: "fixed", delayMs: 5 } as const;
    const retry = {
      ...DEFAULT_SETTINGS.retry,
      strategies: { ...DEFAULT_SETTINGS.retry.strategies, ios: fixed },
    };
    const settings = { ...DEFAULT_SETTINGS, retry };
    expect(strategyFor(settings, "ios")).toBe(fixed);
    for (const platform of ["web", "constructor", "__proto__", ""]) {
      expect(strategyFor(settings, platform)).toBe(retry.strategies.default);
    }
  });
});

describe("R10 learning as in RFC 6298", () => {
  test("R10 the first sample is taken as it is, with half of it as variance", () => {
    expect(learn(null, 300)).toEqual({ smoothedMs: 300, varianceMs: 150 });
  });

  test("R10 later ones move it by an eighth and a quarter", () => {
    expect(learn({ smoothedMs: 800, varianceMs: 400 }, 1_600)).toEqual({
      smoothedMs: 900,
      varianceMs: 500,
    });
  });

  test("R10 it comes close to a steady round trip, and stays between the extremes", () => {
    let steady = learn(null, 5_000);
    for (let i = 0; i < 100; i++) steady = learn(steady, 200);
    expect(steady.smoothedMs).toBeGreaterThanOrEqual(200);
    expect(steady.smoothedMs).toBeLessThan(210);
    fc.assert(
      fc.property(fc.array(fc.nat(60_000), { minLength: 1, maxLength: 50 }), (samples) => {
        const known = samples.reduce<RoundTrip | null>(learn, null);
        expect(known?.smoothedMs).toBeLessThanOrEqual(Math.max(...samples));
        expect(known?.smoothedMs).toBeGreaterThanOrEqual(Math.min(...samples));
      }),
    );
  });
});

describe("R12 who can ack", () => {
  test.each([
    ["1.2.3", "1.2.3", 0],
    ["1.10", "1.9", 1],
    ["1.2", "1.2.1", -1],
    ["2", "1.99.99", 1],
    ["1.2.0", "1.2", 0],
    ["nonsense", "0.0.1", -1],
    ["", "0", 0],
    ["1.2-beta", "1.2", 0],
  ])("R12 %s against %s", (a, b, order) => {
    expect(compareVersions(a, b)).toBe(order);
    expect(compareVersions(b, a)).toBe(order === 0 ? 0 : -order);
  });

  test("R12 by declared capability and version", () => {
    expect(canAck(["ack"], "1.0", "0")).toBe(true);
    expect(canAck(["ack", "more"], "2.0", "2.0.0")).toBe(true);
    expect(canAck([], "9.0", "0")).toBe(false);
    expect(canAck(["ack"], "1.9.9", "2.0")).toBe(false);
  });
});
