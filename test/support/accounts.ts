/** Signing in to a server in development, over HTTP, as any app would. */
import type { SettingsPatch } from "../../protocol/settings.ts";

const ATTEMPT_MS = 60_000;

async function call(
  method: string,
  url: string,
  body: object,
  token?: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    headers: {
      "Content-Type": "application/json",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ATTEMPT_MS),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok)
    throw new Error(`${method} ${url}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

export async function signIn(
  url: string,
  user: string,
  options: { readonly role?: "operator"; readonly lifeMs?: number } = {},
): Promise<string> {
  const { token } = await call("POST", `${url}/v1/dev/sign-in`, { user, ...options });
  return String(token);
}

/** Opens one socket of one device. */
export async function ticketFor(url: string, token: string, device: string): Promise<string> {
  const { ticket } = await call("POST", `${url}/v1/tickets`, { device }, token);
  return String(ticket);
}

/** As an operator would, while the server runs. */
export async function changeSettings(url: string, patch: SettingsPatch): Promise<void> {
  const token = await signIn(url, "operator", { role: "operator" });
  await call("PATCH", `${url}/v1/policy`, patch, token);
}

export function socketUrlOf(url: string): string {
  return `${url.replace(/^http/, "ws")}/v1/socket`;
}
