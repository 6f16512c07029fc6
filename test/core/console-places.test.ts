import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { brokenFields, draftOf, retryFrom } from "../../web/ops/figures/retry-draft.ts";
import {
  parseSetting,
  ruleOf,
  SETTING_NAMES,
  textOf,
} from "../../web/ops/figures/setting-rules.ts";
import { positionOf, ticksUpTo, waterfallOf } from "../../web/ops/figures/waterfall.ts";
import { formatPlace, type Place, parsePlace } from "../../web/ops/place/place.ts";

function reopened(place: Place): Place {
  const [pathname = "", search = ""] = formatPlace(place).split("?");
  return parsePlace(pathname, search);
}

test.each<Place>([
  { view: "overview", range: { kind: "last", name: "15m" } },
  { view: "delivery", range: { kind: "fixed", from: 1_000, to: 2_000 } },
  { view: "trace", range: { kind: "last", name: "30d" }, message: "a@b.c:dev-1234:17" },
  { view: "users", range: { kind: "last", name: "1h" }, user: "ada", device: "dev-1234", at: 5 },
])("a link opens the same place: %j", (place) => {
  expect(reopened(place)).toEqual(place);
});

test("an address that nobody wrote opens the nearest place", () => {
  const overview = { view: "overview", range: { kind: "last", name: "15m" } };
  expect(parsePlace("/ops/nonsense", "range=toString&user=a b&at=x")).toEqual(overview);
  expect(parsePlace("/ops", "from=5&to=5")).toEqual(overview);
  expect(formatPlace(parsePlace("/ops", ""))).toBe("/ops");
});

test("every setting has a rule read from the schema, and its default keeps it", () => {
  for (const name of SETTING_NAMES) {
    const text = textOf(DEFAULT_SETTINGS[name]);
    expect(parseSetting(name, text), name).toEqual({ ok: true, value: DEFAULT_SETTINGS[name] });
  }
  expect(ruleOf("windowEntries")).toEqual({ kind: "number", min: 1, max: 1_024 });
  expect(ruleOf("handOffDelaysMs")).toEqual({ kind: "numbers", min: 1, max: 86_400_000 });
  expect(ruleOf("recipients")).toEqual({ kind: "choice", options: ["any", "known"] });
  expect(ruleOf("minAckVersion")).toEqual({ kind: "version" });
});

test.each([
  ["windowEntries", "0"],
  ["windowEntries", "1025"],
  ["windowEntries", "1.5"],
  ["windowEntries", ""],
  ["freshEntries", " "],
  ["handOffDelaysMs", "1, , 2"],
  ["minAckVersion", "one"],
] as const)("%s may not be %j", (name, text) => {
  expect(parseSetting(name, text).ok).toBe(false);
});

test("retry settings go through their fields unchanged, and broken fields are named", () => {
  const retry = {
    ...DEFAULT_SETTINGS.retry,
    strategies: {
      ...DEFAULT_SETTINGS.retry.strategies,
      ios: { kind: "adaptive", baseMs: 2_000, capMs: 60_000 },
      tv: { kind: "fixed", delayMs: 10_000 },
    },
  } as const;
  const draft = draftOf(retry);
  expect(retryFrom(draft)).toEqual(retry);
  expect(brokenFields(draft).size).toBe(0);

  const [first, ios, tv] = draft.strategies;
  if (first === undefined || ios === undefined || tv === undefined) throw new Error("three");
  const broken = { ...draft, jitter: "2", strategies: [first, ios, { ...tv, delayMs: "" }] };
  expect(retryFrom(broken)).toBeUndefined();
  expect([...brokenFields(broken)]).toEqual(["jitter", "tv"]);
});

test("a waterfall is told from acceptance on and has room for what is planned", () => {
  const push = { route: "live", attempts: 2, firstPushAt: 1_010, lastPushAt: 11_010 };
  const waterfall = waterfallOf({
    id: "a:dev-1234:1",
    conversation: "direct:a,b",
    number: 1,
    acceptedAt: 1_000,
    routed: true,
    failed: undefined,
    devices: [
      {
        user: "b",
        device: "dev-5678",
        arrivedAt: 1_005,
        status: "pending",
        pushes: [{ ...push, ackedAt: null }],
        nextRetryAt: 31_000,
      },
    ],
  });
  expect(waterfall.arrivals).toEqual([{ user: "b", afterMs: 5 }]);
  expect(waterfall.lanes[0]).toMatchObject({
    nextRetryAfterMs: 30_000,
    spans: [{ firstMs: 10, lastMs: 10_010, ackedMs: null }],
  });
  const { totalMs } = waterfall;
  const places = [0, 10, 10_010, 30_000, totalMs].map((ms) => positionOf(ms, totalMs));
  expect(places[0]).toBe(0);
  expect(places.at(-1)).toBe(1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(ticksUpTo(totalMs)).toEqual([0, 100, 1_000, 10_000]);
});
