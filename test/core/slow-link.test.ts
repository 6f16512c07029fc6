/** Links that are merely slow: a device behind one gets further all the same. */
import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { narrower, passageMs, type Room, wider } from "../../worker/core/slow-link.ts";
import type { Effect } from "../../worker/user.ts";
import { LoneUser, NOW } from "./fixtures/lone-user.ts";

const { pageBytes, windowBytes } = DEFAULT_SETTINGS;
const MESSAGES = 40;
const TEXT = "x".repeat(8_000);

interface Pushed {
  readonly to: number;
  readonly bytes: number;
}

function pushed(effects: readonly Effect[]): Pushed[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "send") return [];
    const frame = JSON.parse(effect.text) as { t: string; to?: number };
    return frame.to === undefined ? [] : [{ to: frame.to, bytes: effect.text.length }];
  });
}

function withBacklog(): LoneUser {
  const user = new LoneUser();
  for (let nth = 0; nth < MESSAGES; nth += 1) user.receive({ kind: "text", text: TEXT });
  return user;
}

test("R5 a device that leaves when no frame is there in 4 s gets all over 10 KB/s", () => {
  const user = withBacklog();
  let [now, cursor, sessions] = [NOW, 0, 0];
  while (cursor < MESSAGES && sessions < 20) {
    sessions += 1;
    const session = `device-1#${sessions}`;
    const frames = pushed(user.connect("device-1", cursor, now));
    for (let frame = frames.shift(); frame !== undefined; frame = frames.shift()) {
      const tookMs = frame.bytes / 10;
      now += Math.min(tookMs, 4_000);
      if (tookMs > 4_000) {
        user.close(session, now);
        break;
      }
      cursor = frame.to;
      frames.push(...pushed(user.say(session, { t: "ack", seq: cursor }, now)));
    }
  }
  expect(cursor).toBe(MESSAGES);
});

/** Runs the alarms up to the first that pushes. */
function untilRetried(user: LoneUser): Pushed[] {
  for (;;) {
    const again = pushed(user.alarm());
    if (again.length > 0) return again;
  }
}

test("R5 a full page is not pushed again before a slow link can have brought it", () => {
  const user = withBacklog();
  const [first] = pushed(user.connect("device-1", 0));
  expect(first?.bytes).toBeGreaterThan(pageBytes * 0.9);
  expect(untilRetried(user)).toMatchObject([{ to: first?.to }]);
  expect(user.now - NOW).toBeGreaterThan(10_000 + (first?.bytes ?? 0) / 10);
});

test("R5 who had to be pushed to again is sent less at a time", () => {
  const user = withBacklog();
  const last = pushed(user.connect("device-1", 0)).at(-1);
  untilRetried(user);
  const seq = last?.to ?? 0;
  const rest = pushed(user.say("device-1#1", { t: "ack", seq }, user.now + 1));
  expect(seq).toBeLessThan(MESSAGES);
  expect(rest).toHaveLength(1);
  expect(rest[0]?.bytes).toBeLessThanOrEqual(pageBytes / 2);
});

describe("the room of a link", () => {
  test("goes down to what is worth a frame, and no further", () => {
    let room: Room;
    for (let times = 0; times < 20; times += 1) room = narrower(room, pageBytes);
    expect(room).toBe(2_048);
  });

  test("comes back by quick acks alone", () => {
    expect(wider(8_192, pageBytes, 1_500)).toBe(8_192);
    expect(wider(8_192, pageBytes, 300)).toBe(16_384);
    expect(wider(pageBytes, pageBytes, 300)).toBeUndefined();
    expect(wider(undefined, pageBytes, 300)).toBeUndefined();
  });

  test("delays nothing of which little is under way", () => {
    expect(passageMs(8_000)).toBe(0);
    expect(passageMs(windowBytes)).toBeGreaterThan(windowBytes / 10);
  });
});
