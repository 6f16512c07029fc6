/**
 * What a hostile device can make an object keep: counted in entries, bytes and rows, for how much
 * memory that takes is the runtime's affair.
 */
import { expect, test } from "vitest";
import { utf8Bytes } from "../../protocol/limits.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import type { Effect } from "../../worker/user.ts";
import { LoneUser, NOW } from "./fixtures/lone-user.ts";

const HOARDED = 1_000;

interface Pushed {
  readonly entries: number;
  readonly bytes: number;
}

function pushed(effects: readonly Effect[], session: string): Pushed {
  const texts = effects.flatMap((effect) =>
    effect.kind === "send" && effect.session === session ? [effect.text] : [],
  );
  const frames = texts.map((text) => JSON.parse(text) as { t: string; count?: number });
  return {
    entries: frames.reduce((sum, { t, count = 0 }) => sum + (t === "entries" ? count : 0), 0),
    bytes: texts.reduce((sum, text) => sum + utf8Bytes(text), 0),
  };
}

/** The sessions that something was sent to. */
function answered(effects: readonly Effect[]): Set<string> {
  return new Set(effects.flatMap((one) => (one.kind === "send" ? [one.session] : [])));
}

/** Rows of all tables. */
function rowsOf({ sql }: LoneUser): number {
  const tables = sql.all("SELECT name FROM sqlite_master WHERE type = 'table'");
  return tables.reduce((sum, { name }) => {
    const [row] = sql.all(`SELECT count(*) AS rows FROM "${String(name)}"`);
    return sum + Number(row?.["rows"]);
  }, 0);
}

test.each([
  ["entries", "x"],
  ["bytes", "x".repeat(8_000)],
])("R5 R14 a device that takes all and acks nothing is sent one window of %s", (_, text) => {
  const user = new LoneUser();
  const effects = [...user.connect("device-1", 0)];
  for (let nth = 0; nth < HOARDED; nth += 1) effects.push(...user.receive({ kind: "text", text }));
  const { windowEntries, windowBytes } = DEFAULT_SETTINGS;
  const { entries, bytes } = pushed(effects, "device-1#1");
  expect(entries).toBeGreaterThan(10);
  expect(entries).toBeLessThanOrEqual(windowEntries);
  expect(bytes).toBeLessThanOrEqual(windowBytes + utf8Bytes(text) + 1_000);
  // A retry is the same run once more, and nothing beyond it.
  const again = pushed(user.alarm(NOW + 30_000), "device-1#1");
  expect(again.entries).toBeLessThanOrEqual(windowEntries);
});

test("R14 a thousand that never say hello leave no row, no session and no answer behind", () => {
  const user = new LoneUser();
  user.connect("honest", 0);
  const before = rowsOf(user);
  for (let nth = 0; nth < HOARDED; nth += 1) user.open(`hoarder-${nth}`);
  user.look(NOW + 1_000);
  const ended = user.alarm();
  expect(ended.filter(({ kind }) => kind === "close")).toHaveLength(HOARDED);
  expect(rowsOf(user)).toBe(before);
  const late = user.say("hoarder-7#9", { t: "sync", cursor: 0 }, user.now);
  const told = user.receive({ kind: "text", text: "for who is there" });
  expect(answered([...late, ...told])).toEqual(new Set(["honest#1"]));
});
