import { type Answer, ask, at, numberAt, textAt } from "./ask.ts";

export interface Credentials {
  readonly user: string;
  readonly token: string;
  /** Ms since 1970. */
  readonly expiresAt: number;
  /** From the sign-in without a password: a new token can be had at any time. */
  readonly development: boolean;
}

export function signInForDevelopment(user: string): Promise<Answer<Credentials>> {
  const body = { user };
  return ask("/v1/dev/sign-in", readCredentials, { method: "POST", body });
}

/** Whether the server has demo users. */
export function hasDevelopmentSignIn(): Promise<Answer<boolean>> {
  return ask("/v1/limits", (limits) => at(limits, "development") === true);
}

export function killObject(user: string, token: string): Promise<Answer<true>> {
  return ask("/v1/dev/crash", () => true, { method: "POST", token, body: { user } });
}

function readCredentials(body: unknown): Credentials | undefined {
  const user = textAt(body, "user");
  const token = textAt(body, "token");
  const expiresAt = numberAt(body, "expiresAt");
  if (user === undefined || token === undefined || expiresAt === undefined) return undefined;
  return { user, token, expiresAt, development: true };
}

/** What an app's token says about itself; the server alone judges whether it is true. */
export function credentialsOf(token: string): Credentials | undefined {
  const claims = claimsOf(token);
  const user = textAt(claims, "sub");
  const seconds = numberAt(claims, "exp");
  if (user === undefined || seconds === undefined) return undefined;
  return { user, token, expiresAt: seconds * 1_000, development: false };
}

function claimsOf(token: string): unknown {
  try {
    const [, payload = ""] = token.split(".");
    const bytes = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
  } catch {
    return undefined;
  }
}
