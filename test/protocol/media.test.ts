import { describe, expect, test } from "vitest";
import { decodeIncoming } from "../../client/core/decode.ts";
import { decodeClientFrame } from "../../protocol/codec.ts";
import { type Body, isCountable } from "../../protocol/entries.ts";
import { LIMITS } from "../../protocol/limits.ts";

const ID = "AAAAAAAAAAAAAAAAAAAAAA";
const FILE = {
  kind: "file",
  file: ID,
  name: "cat.png",
  type: "image/png",
  bytes: 1_024,
  hash: "0".repeat(64),
} as const;
const PLACE = { kind: "location", latitude: 52.5, longitude: 13.4 } as const;
const PERSON = { kind: "contact", user: "carol" } as const;

function submit(body: object) {
  const items = [{ conversation: "direct:alice,bob", counter: 1, prev: 0, body }];
  return decodeClientFrame(JSON.stringify({ t: "submit", items }));
}

const RELATIONS = { replyTo: 3, forwardOf: "bob:Zq81kP0a:1" };

describe("contents beside text", () => {
  test.each<[string, object]>([
    ["a file", FILE],
    ["a picture with all that can be told", { ...FILE, width: 4_000, height: 3_000, caption: "x" }],
    ["a film with a thumbnail", { ...FILE, type: "video/mp4", durationMs: 1, thumbnail: ID }],
    ["a place", { ...PLACE, accuracyM: 12.5, label: "here" }],
    ["a place at the edge of the world", { ...PLACE, latitude: -90, longitude: 180 }],
    ["a person", { ...PERSON, name: "Carol" }],
    ["the app's own", { kind: "custom", type: "app.poll", data: "{}" }],
  ])("R14 %s is taken, as an answer and as a forward too", (_, body) => {
    expect(submit(body)).toMatchObject({ ok: true });
    expect(submit({ ...body, ...RELATIONS })).toMatchObject({ ok: true });
  });

  test.each<[string, object, string, string]>([
    ["a guessable file id", { ...FILE, file: "1" }, "file", "file-id"],
    ["a path for an id", { ...FILE, file: "../../../etc/passwd___" }, "file", "file-id"],
    ["no name", { ...FILE, name: "" }, "name", "not-empty"],
    ["a long name", { ...FILE, name: "x".repeat(257) }, "name", "max-bytes:256"],
    ["a type with parameters", { ...FILE, type: "text/html;x=y" }, "type", "media-type"],
    ["nothing in it", { ...FILE, bytes: 0 }, "bytes", "min_value:>=1"],
    ["half a byte", { ...FILE, bytes: 0.5 }, "bytes", "safe_integer"],
    ["a hash that is none", { ...FILE, hash: "0".repeat(63) }, "hash", "sha-256"],
    ["no width", { ...FILE, width: 0 }, "width", "min_value:>=1"],
    ["an endless side", { ...FILE, height: 65_536 }, "height", "max_value:<=65535"],
    ["a thumbnail in place", { ...FILE, thumbnail: "data:x" }, "thumbnail", "file-id"],
    ["a caption of nothing", { ...FILE, caption: "" }, "caption", "not-empty"],
    ["a latitude beyond the pole", { ...PLACE, latitude: 90.1 }, "latitude", "max_value:<=90"],
    ["a longitude beyond", { ...PLACE, longitude: -181 }, "longitude", "min_value:>=-180"],
    ["a place without one", { ...PLACE, latitude: null }, "latitude", "number"],
    ["less than exact", { ...PLACE, accuracyM: -1 }, "accuracyM", "min_value:>=0"],
    ["a person without a name", { ...PERSON, user: "a b" }, "user", "user-id"],
    ["an answer to nothing", { ...PERSON, replyTo: 0 }, "replyTo", "min_value:>=1"],
    ["a forward of nothing", { ...PLACE, forwardOf: "x" }, "forwardOf", "message-id"],
    ["what nobody knows", { ...PLACE, altitude: 3 }, "altitude", "never"],
  ])("R14 %s is refused, with field and rule", (_, body, field, rule) => {
    const refused = submit(body);
    expect(refused).toMatchObject({ ok: false, error: { code: "bad-field" } });
    if (refused.ok) throw new Error("taken");
    expect(refused.error.field).toBe(`items.0.body.${field}`);
    expect(refused.error.rule).toContain(rule);
  });

  test("a caption may be as long as a text", () => {
    expect(submit({ ...FILE, caption: "x".repeat(LIMITS.textBytes) })).toMatchObject({ ok: true });
    expect(submit({ ...FILE, caption: "x".repeat(LIMITS.textBytes + 1) }).ok).toBe(false);
  });

  test("all of them are messages and count; what speaks about a message does not", () => {
    const bodies: readonly Body[] = [FILE, PLACE, PERSON, { kind: "text", text: "x" }];
    expect(bodies.every(isCountable)).toBe(true);
    expect(isCountable({ kind: "recall", target: 1 })).toBe(false);
    expect(isCountable({ kind: "withheld" })).toBe(false);
  });
});

describe("what a client lets in", () => {
  function entries(body: object) {
    const entry = { seq: 1, conversation: "direct:alice,bob", number: 1, at: 1, body };
    return decodeIncoming(
      JSON.stringify({
        t: "entries",
        route: "live",
        from: 1,
        to: 1,
        count: 1,
        caughtUp: true,
        entries: [entry],
      }),
    );
  }

  test.each([FILE, PLACE, PERSON])("$kind comes through as it is", (body) => {
    expect(entries(body)).toMatchObject({ entries: [{ body }] });
  });

  test("a kind of a newer server comes through as it is, with all its fields", () => {
    const body = { kind: "hologram", shards: [1, 2], nested: { deep: true } };
    expect(entries(body)).toMatchObject({ entries: [{ body }] });
  });

  test.each<[string, object]>([
    ["a file without an id", { ...FILE, file: undefined }],
    ["a file whose size is a text", { ...FILE, bytes: "1" }],
    ["a place of no numbers", { ...PLACE, latitude: "52" }],
    ["a person that is an object", { ...PERSON, user: {} }],
  ])("%s does not", (_, body) => {
    expect(entries(body)).toBeUndefined();
  });
});
