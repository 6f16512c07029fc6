import type { Language } from "./languages.ts";
import type { English, Plural, SayOf, TextsLike } from "./texts.ts";

/** A name or text of the other writing direction must not turn the sentence around it. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff]/;

/** Plural forms and digits as the language has them. */
export function sayIn<Model = English>(
  { id, direction }: Pick<Language, "id" | "direction">,
  texts: TextsLike<Model>,
): SayOf<Model> {
  const plurals = new Intl.PluralRules(id);
  const numbers = new Intl.NumberFormat(id);
  const isolate = (value: string) =>
    direction === "rtl" || RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
  return (key: keyof Model, values: Readonly<Record<string, string | number>> = {}) => {
    const pattern = patternOf(texts[key], values["n"], plurals);
    return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? "";
      return typeof value === "number" ? numbers.format(value) : isolate(value);
    });
  };
}

function patternOf(text: string | Plural, n: unknown, plurals: Intl.PluralRules): string {
  if (typeof text === "string") return text;
  return text[plurals.select(Number(n))] ?? text.other;
}
