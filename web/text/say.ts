import type { en } from "./en.ts";
import type { Plural, SayOf, TextsLike } from "./texts.ts";

/** Plural forms and digits as the language has them. */
export function sayIn<Model = typeof en>(language: string, texts: TextsLike<Model>): SayOf<Model> {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
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

/** A name or text of the other writing direction must not turn the sentence around it. */
function isolate(value: string): string {
  return /[\u0590-\u08ff]/.test(value) || document.dir === "rtl" ? `\u2068${value}\u2069` : value;
}
