/**
 * The shape of every schema of the wire, as one hash per version: no change of it happens by
 * accident. When this test fails, read protocol/version.ts: an addition that older peers can ignore
 * replaces the hash below; everything else raises the version and adds a line.
 */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { clientFrameSchema } from "../../protocol/client-frames.ts";
import { entrySchema } from "../../protocol/entries.ts";
import { serverFrameSchema } from "../../protocol/server-frames.ts";
import { PROTOCOL_FLOOR, PROTOCOL_VERSION } from "../../protocol/version.ts";

const HASHES: Readonly<Record<number, string>> = {
  1: "17c70f49326283a9",
};

/** What a schema says, without its functions: kinds, fields, bounds, texts. */
function shapeOf(value: unknown): unknown {
  if (value instanceof RegExp) return `regex ${value.source}`;
  if (value instanceof Set) return [...value].map(shapeOf);
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  const told = Object.entries(value)
    .filter(([name, field]) => typeof field !== "function" && !name.startsWith("~"))
    .map(([name, field]) => [name, shapeOf(field)] as const);
  return Object.fromEntries(told.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shape(): string {
  return JSON.stringify([clientFrameSchema, serverFrameSchema, entrySchema].map(shapeOf));
}

test("R14 the wire's shape is the one of this version", () => {
  const hash = createHash("sha256").update(shape()).digest("hex").slice(0, 16);
  expect(hash).toBe(HASHES[PROTOCOL_VERSION]);
});

test("R14 the shape tells fields, bounds and rules", () => {
  for (const part of [
    "heartbeatMs",
    "max-bytes:8192",
    "max-json-bytes",
    "retry-entry",
    "user-id",
  ]) {
    expect(shape()).toContain(part);
  }
});

test("every version from the floor to the newest is known", () => {
  expect(PROTOCOL_FLOOR).toBeLessThanOrEqual(PROTOCOL_VERSION);
  expect(Object.keys(HASHES).map(Number)).toContain(PROTOCOL_VERSION);
});
