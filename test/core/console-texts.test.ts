import { expect, test } from "vitest";
import { en } from "../../web/ops/text/en.ts";
import { loadTexts } from "../../web/ops/text/languages.ts";

/** Every form of a text: plural ones have several. */
function formsOf(text: string | Readonly<Record<string, string | undefined>>): readonly string[] {
  return typeof text === "string"
    ? [text]
    : Object.values(text).filter((form) => form !== undefined);
}

function namesIn(form: string): readonly string[] {
  return [...form.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).sort();
}

test.each(["zh-CN", "zh-TW", "ja", "ar"])(
  "the console says in %s what it says in English, with the same values",
  async (language) => {
    const texts = await loadTexts(language);
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [key, model] of Object.entries(en)) {
      const expected = namesIn(formsOf(model).at(-1) ?? "");
      for (const form of formsOf(texts[key as keyof typeof en])) {
        expect(form, key).not.toBe("");
        // A form for one or two may leave out the number; nothing else.
        const missing = expected.filter((name) => name !== "n" && !namesIn(form).includes(name));
        expect(missing, key).toEqual([]);
        const unknown = namesIn(form).filter((name) => !expected.includes(name));
        expect(unknown, key).toEqual([]);
      }
    }
  },
);
