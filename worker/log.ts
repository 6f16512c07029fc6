/**
 * One line of JSON per failure. Never logged: tokens, tickets, bodies, queries, addresses.
 * `id` is the one that the client was told.
 */
export function logFailure(what: string, error: unknown, id?: string): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // biome-ignore lint/suspicious/noConsole: the runtime takes a log from the console and from nowhere else; everything else comes here
  console.error(JSON.stringify({ what, id, name, message }));
}
