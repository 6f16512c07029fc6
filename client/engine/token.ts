/**
 * Reading, not checking, the app's token: whose it is and how long it lasts. A token that is no JWT
 * says neither.
 */
import { isUserId } from "../../protocol/names.ts";

const UNKNOWN_LIFETIME_MS = 300_000;

export function subjectOf(token: string): string | undefined {
  const sub = claims(token)?.["sub"];
  return typeof sub === "string" && isUserId(sub) ? sub : undefined;
}

/** Ms from `wallNow` on; judged by the token's own span where it says one, for clocks differ. */
export function lifetimeOf(token: string, wallNow: number): number {
  const { exp, iat } = claims(token) ?? {};
  if (typeof exp !== "number") return UNKNOWN_LIFETIME_MS;
  const from = typeof iat === "number" ? iat * 1_000 : wallNow;
  return Math.max(0, exp * 1_000 - from);
}

function claims(token: string): Record<string, unknown> | undefined {
  const [, payload = ""] = token.split(".");
  try {
    const value: unknown = JSON.parse(fromBase64Url(payload));
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function fromBase64Url(text: string): string {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}
