import { expect, test } from "vitest";
import { type Usage, usdPerMillion } from "../../protocol/prices.ts";

const NOTHING: Usage = {
  requests: 0,
  alarms: 0,
  frames: 0,
  rowsWritten: 0,
  rowsRead: 0,
  activeSeconds: 0,
};

test.each<[string, Partial<Usage>, number]>([
  ["nothing", {}, 0],
  ["a row written", { rowsWritten: 1 }, 1],
  ["a thousand rows read", { rowsRead: 1_000 }, 1],
  ["a request", { requests: 1 }, 0.15],
  ["an alarm run", { alarms: 1 }, 0.15],
  ["20 frames", { frames: 20 }, 0.15],
  ["a second of activity", { activeSeconds: 1 }, 1.6],
  // The lean log of the platform notes: one call, five acks, two rows and a tenth of a second.
  [
    "a direct message",
    { requests: 1, frames: 6, rowsWritten: 2.2, rowsRead: 12, activeSeconds: 0.02 },
    0.15 + 0.045 + 2.2 + 0.012 + 0.032,
  ],
])("%s, a million times", (_, usage, dollars) => {
  expect(usdPerMillion({ ...NOTHING, ...usage })).toBeCloseTo(dollars, 10);
});
