import { at, numberAt } from "../../server/ask.ts";

/** A field that may be null, or absent in answers of older servers. */
export function numberOrNullAt(value: unknown, name: string): number | null {
  return numberAt(value, name) ?? null;
}

export function isTrueAt(value: unknown, name: string): boolean {
  return at(value, name) === true;
}

/** The fields of an object that are numbers. */
export function numbersIn(value: unknown): Readonly<Record<string, number>> {
  const fields = Object.entries(typeof value === "object" && value !== null ? value : {});
  return Object.fromEntries(fields.filter(([, field]) => typeof field === "number"));
}
