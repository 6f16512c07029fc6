import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Bytes } from "../../protocol/limits.ts";

test("a text is as long as it is when encoded, lone surrogates included", () => {
  const encoder = new TextEncoder();
  const units = fc
    .array(fc.integer({ min: 0, max: 0xffff }))
    .map((all) => String.fromCharCode(...all));
  const surrogates = fc
    .array(fc.integer({ min: 0xd7f0, max: 0xe010 }))
    .map((all) => String.fromCharCode(...all));
  const text = fc.oneof(units, surrogates, fc.string({ unit: "grapheme" }), fc.string());
  fc.assert(
    fc.property(text, (one) => {
      expect(utf8Bytes(one)).toBe(encoder.encode(one).byteLength);
    }),
  );
});
