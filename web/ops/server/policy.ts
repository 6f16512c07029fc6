import * as v from "valibot";
import {
  type Settings,
  type SettingsPatch,
  settingsPatchSchema,
  settingsSchema,
} from "../../../protocol/settings.ts";
import { type Answer, ask, at, listAt, numberAt, textAt } from "../../server/ask.ts";

/** One change: who made it, what it set, and what was in force before (absent: not known). */
export interface Change {
  readonly at: number;
  readonly by: string;
  readonly patch: SettingsPatch;
  readonly was: SettingsPatch | undefined;
}

export function readSettings(token: string): Promise<Answer<Settings>> {
  return ask("/v1/policy", settingsIn, { token });
}

export function changeSettings(token: string, patch: SettingsPatch): Promise<Answer<Settings>> {
  return ask("/v1/policy", settingsIn, { method: "PATCH", token, body: patch });
}

/** Newest first. */
export function readChanges(token: string): Promise<Answer<readonly Change[]>> {
  const read = (body: unknown) => listAt(body, "history").map(readChange);
  return ask("/v1/policy/history", read, { token });
}

/** Settings of a newer server are left out: this page can't judge them. */
function settingsIn(body: unknown): Settings | undefined {
  const result = v.safeParse(v.object(settingsSchema.entries), at(body, "settings"));
  return result.success ? result.output : undefined;
}

function readChange(row: unknown): Change {
  return {
    at: numberAt(row, "at") ?? 0,
    by: textAt(row, "by") ?? "",
    patch: patchIn(at(row, "patch")) ?? {},
    was: patchIn(at(row, "was")),
  };
}

function patchIn(value: unknown): SettingsPatch | undefined {
  const result = v.safeParse(settingsPatchSchema, value);
  return result.success ? result.output : undefined;
}
