import { Exit } from "./exit.ts";

const ATTEMPT_MS = 10_000;

/** A token of a demo user; asked for again by the SDK when it needs another. */
export async function signIn(url: string, user: string): Promise<string> {
  const response = await ask(url, user);
  if (response.status === 404) {
    throw new Exit(1, `The server at ${url} has no demo users (development sign-in is off).`);
  }
  if (!response.ok) throw new Exit(1, `Signing in as ${user} failed with ${response.status}.`);
  const { token } = (await response.json()) as { readonly token: string };
  return token;
}

async function ask(url: string, user: string): Promise<Response> {
  try {
    return await fetch(`${url}/v1/dev/sign-in`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user }),
      signal: AbortSignal.timeout(ATTEMPT_MS),
    });
  } catch {
    throw new Exit(
      1,
      `No server answers at ${url}. Start one with "npm start", or name it with --url.`,
    );
  }
}
