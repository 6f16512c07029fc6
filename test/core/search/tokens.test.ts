import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clusters } from "../../../worker/core/search/fold.ts";
import { endOf, tokenize } from "../../../worker/core/search/tokens.ts";

const terms = (text: string) => tokenize(text).map(({ term }) => term);

describe("tokens", () => {
  test.each([
    ["Hello, World 2026!", ["hello", "world", "2026"]],
    ["Wörld CAFÉ naïve", ["world", "cafe", "naive"]],
    ["Straße ŁÓDŹ smørrebrød", ["strasse", "lodz", "smorrebrod"]],
    ["e\u0301te\u0301", ["ete"]],
    ["ＡＢＣ１２", ["abc12"]],
    ["ΣΊΣΥΦΟΣ", ["σισυφοσ"]],
    ["搜索引擎", ["搜索", "索引", "引擎", "擎"]],
    ["我用React写", ["我用", "用", "react", "写"]],
    ["東京タワー", ["東京", "京タ", "タワ", "ワー", "ー"]],
    ["ｶﾞｽ", ["ガス", "ス"]],
    ["한국어 검색", ["한국", "국어", "어", "검색", "색"]],
    ["\u1112\u1161\u11ab\u1100\u116e\u11a8", ["한국", "국"]],
    ["สวัสดี", ["สวั", "วัส", "สดี", "ดี"]],
    ["party 🎉", ["party", "🎉"]],
    ["", []],
    ["… — !?", []],
  ])("of %j", (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  test("a mark that makes another sound is another letter", () => {
    expect(terms("か")).not.toEqual(terms("が"));
    expect(terms("は")).not.toEqual(terms("ぱ"));
  });

  test("a long word is known by its beginning", () => {
    expect(terms("x".repeat(500))).toEqual(["x".repeat(64)]);
  });

  test("stand where they are in the text, in its order", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        let before = 0;
        for (const { from, to, term } of tokenize(text)) {
          expect(from).toBeGreaterThanOrEqual(before);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length);
          expect(term).not.toMatch(/[\n\t@"]/);
          before = from;
        }
      }),
    );
  });

  test("are the same however the text is written", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(terms(text.normalize("NFD"))).toEqual(terms(text.normalize("NFC")));
      }),
    );
  });

  test("clusters cover the text without a hole", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        let at = 0;
        for (const { from, to } of clusters(text)) {
          expect(from).toBe(at);
          at = to;
        }
        expect(at).toBe(text.length);
      }),
    );
  });

  test("a beginning ends where its last character does", () => {
    const text = "die Straße";
    const street = tokenize(text).at(-1);
    expect(street && text.slice(street.from, endOf(text, street, 3))).toBe("Str");
    expect(street && text.slice(street.from, endOf(text, street, 5))).toBe("Straß");
  });
});

/** Whatever people and machines type, with much of what is special here. */
function anyText() {
  const special = fc.constantFrom(
    ...'aZ9 é\u0301\u0308ßあがガｶﾞー搜索引한국\u1112\u1161\u11ab🎉👩\u200d👧ลé"@\n\t*'.normalize(),
  );
  return fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: special }));
}
