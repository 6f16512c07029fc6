import type { Language } from "../text/languages.ts";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** In the greatest unit that says it without a fraction. */
export function lifetimeText(seconds: number, { id }: Language): string {
  const [unit, each] = UNITS.find(([, length]) => seconds % length === 0) ?? ["second", 1];
  const format = new Intl.NumberFormat(id, { style: "unit", unit, unitDisplay: "long" });
  return format.format(seconds / each);
}
