const DEADLINE_MS = 10_000;

/** Development's sign-in without a password; rejects when the server has none. */
export async function signIn(url: string, user: string): Promise<string> {
  const response = await fetch(`${url}/v1/dev/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user }),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const answer = (await response.json()) as { token?: string };
  if (answer.token === undefined) throw new Error(`sign-in of ${user}: ${response.status}`);
  return answer.token;
}
