import { isUserId, LIMITS } from "../../client/index.ts";

/** People as they are typed: names between spaces or commas. Undefined: one of them is no name. */
export function namesIn(text: string): readonly string[] | undefined {
  const names = [...new Set(text.split(/[\s,，、;]+/).filter((name) => name !== ""))];
  return names.length <= LIMITS.membersPerChange && names.every(isUserId) ? names : undefined;
}
