import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchFields } from "../../../worker/core/search/match.ts";
import { parseQuery } from "../../../worker/core/search/query.ts";

function clausesOf(query: string) {
  const parsed = parseQuery(query);
  if (!parsed.ok) throw new Error(parsed.rule);
  return parsed.clauses;
}

/** The parts of `text` that are found; undefined: it does not match. */
function found(query: string, text: string): string[] | undefined {
  const match = matchFields([{ name: "text", text }], clausesOf(query));
  return match?.highlights.map(({ from, to }) => text.slice(from, to));
}

function relevance(query: string, text: string): number {
  return matchFields([{ name: "text", text }], clausesOf(query))?.relevance ?? 0;
}

describe("a query", () => {
  test.each([
    ["hello", "Say Hello!", ["Hello"]],
    ["hel", "Say Hello!", ["Hel"]],
    ["ello", "Say Hello!", undefined],
    ["h", "Say Hello!", undefined],
    ["CAFE", "au café", ["café"]],
    ["café", "AU CAFE", ["CAFE"]],
    ["wor hel", "hello world", ["hel", "wor"]],
    ["hello moon", "hello world", undefined],
    ['"hello world"', "hello, world", ["hello, world"]],
    ['"hello wor"', "hello world", undefined],
    ['"world hello"', "hello world", undefined],
    ['"open phrase', "an open phrase", ["open phrase"]],
    ["e-mail", "my E-Mail address", ["E-Mail"]],
    ["搜索", "我用搜索引擎", ["搜索"]],
    ["引擎", "我用搜索引擎", ["引擎"]],
    ["擎", "我用搜索引擎", ["擎"]],
    ["索引擎", "我用搜索引擎", ["索引擎"]],
    ["擎索", "我用搜索引擎", undefined],
    ["东京", "東京", undefined],
    ["東京", "東京タワーへ", ["東京"]],
    ["タワー", "東京タワーへ", ["タワー"]],
    ["ﾀﾜｰ", "東京タワーへ", ["タワー"]],
    ["か", "がっこう", undefined],
    ["검색", "한국어 검색", ["검색"]],
    ["한국", "한국어 검색", ["한국"]],
    ["React组件", "我用React组件写", ["React组件"]],
    ["件写", "我用React组件写", ["件写"]],
    ["组件React", "组件React", ["组件React"]],
    ["🎉", "party 🎉!", ["🎉"]],
    ["aa", "aa aab aa", ["aa", "aa", "aa"]],
  ])("%s in %j", (query, text, expected) => {
    expect(found(query, text)).toEqual(expected);
  });

  test.each(["", "   ", '""', "!!! --", '"', "*"])("%j names no words", (query) => {
    expect(parseQuery(query)).toEqual({ ok: false, rule: "words" });
  });

  test("has 32 terms at most", () => {
    const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(" ");
    expect(parseQuery(words(32)).ok).toBe(true);
    expect(parseQuery(words(33))).toEqual({ ok: false, rule: "max-terms:32" });
  });

  test("has no operators: what other searches take for one is a word or nothing", () => {
    const text = "this and that, not near or far";
    expect(found("AND", text)).toEqual(["and"]);
    expect(found("this NOT", text)).toEqual(["this", "not"]);
    expect(found("text:this", text)).toBeUndefined();
    expect(found("this*", text)).toEqual(["this"]);
    expect(found("(this)", text)).toEqual(["this"]);
    expect(found("^that^", text)).toEqual(["that"]);
    expect(found("'; DROP TABLE search; --", text)).toBeUndefined();
  });

  test("whatever is written is a query or a named refusal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (query) => {
        const parsed = parseQuery(query);
        if (parsed.ok) expect(parsed.clauses.length).toBeGreaterThan(0);
        else expect(parsed.rule).toMatch(/^(words|max-terms:32)$/);
      }),
    );
  });

  test("any word of a text finds it, as it is, as a beginning and in its sentence", () => {
    const word = fc.string({
      unit: fc.constantFrom(..."abcdeé搜索引擎あが한국"),
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.nat(), (words, pick) => {
        const text = words.join(" ");
        const one = words[pick % words.length] ?? "";
        expect(found(one, text)).toBeDefined();
        expect(found(`"${text}"`, text)).toBeDefined();
        expect(found(`"${one}"`, text)).toBeDefined();
      }),
    );
  });

  test("two neighbours of a text without spaces find it", () => {
    const char = fc.constantFrom(..."搜索引擎東京タワー한국어");
    fc.assert(
      fc.property(fc.array(char, { minLength: 2, maxLength: 20 }), fc.nat(), (chars, pick) => {
        const at = pick % (chars.length - 1);
        const two = chars.slice(at, at + 2).join("");
        expect(found(two, chars.join(""))?.join(" ")).toContain(two);
      }),
    );
  });
});

describe("relevance", () => {
  test("a whole word is more than a beginning, twice more than once, short more than long", () => {
    expect(relevance("cat", "a cat")).toBeGreaterThan(relevance("cat", "a category"));
    expect(relevance("cat", "cat and cat")).toBeGreaterThan(relevance("cat", "cat and dog"));
    const long = `cat ${"word ".repeat(40)}`;
    expect(relevance("cat", "cat word")).toBeGreaterThan(relevance("cat", long));
  });

  test("a caption and a name are looked through one by one", () => {
    const fields = [
      { name: "caption", text: "our summer" },
      { name: "name", text: "holiday.jpg" },
    ] as const;
    expect(matchFields(fields, clausesOf("summer holiday"))?.highlights).toEqual([
      { field: "caption", from: 4, to: 10 },
      { field: "name", from: 0, to: 7 },
    ]);
    expect(matchFields(fields, clausesOf('"summer holiday"'))).toBeUndefined();
  });
});
