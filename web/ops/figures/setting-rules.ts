import * as v from "valibot";
import { type Settings, settingsSchema } from "../../../protocol/settings.ts";
import { at, listAt, numberAt } from "../../server/ask.ts";

/** Settings with one field each; `retry` has a form of its own. */
export type SettingName = Exclude<keyof Settings, "retry">;

/** What a field takes, read from the schema that the server judges by. */
export type Rule =
  | { readonly kind: "number"; readonly min: number; readonly max: number }
  /** Several, separated by commas; the bounds are those of each. */
  | { readonly kind: "numbers"; readonly min: number; readonly max: number }
  | { readonly kind: "choice"; readonly options: readonly string[] }
  | { readonly kind: "version" };

export type Parsed =
  | { readonly ok: true; readonly value: Settings[SettingName] }
  | { readonly ok: false };

export const SETTING_NAMES = Object.keys(settingsSchema.entries).filter(
  (name): name is SettingName => name !== "retry",
);

export function ruleOf(name: SettingName): Rule {
  const schema: unknown = settingsSchema.entries[name];
  const type = at(schema, "type");
  if (type === "picklist")
    return { kind: "choice", options: listAt(schema, "options").map(String) };
  if (type === "array") return { kind: "numbers", ...boundsOf(at(schema, "item")) };
  return type === "string" ? { kind: "version" } : { kind: "number", ...boundsOf(schema) };
}

/** The setting as it stands in its field. */
export function textOf(value: Settings[SettingName]): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** What was typed, if it keeps the rule. */
export function parseSetting(name: SettingName, text: string): Parsed {
  const result = v.safeParse(settingsSchema.entries[name], typedValue(ruleOf(name), text));
  return result.success ? { ok: true, value: result.output } : { ok: false };
}

function typedValue(rule: Rule, text: string): unknown {
  if (rule.kind === "numbers") return text.split(",").map(numberOf);
  return rule.kind === "number" ? numberOf(text) : text.trim();
}

/** An empty field is no zero. */
export function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function boundsOf(schema: unknown): { min: number; max: number } {
  const bound = (type: string) =>
    listAt(schema, "pipe").find((action) => at(action, "type") === type);
  return {
    min: numberAt(bound("min_value"), "requirement") ?? 0,
    max: numberAt(bound("max_value"), "requirement") ?? Number.MAX_SAFE_INTEGER,
  };
}
