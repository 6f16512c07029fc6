/** A real server and real SDK clients in this process, and what their people see. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { HoldfastClient, memoryStore } from "../../client/index.ts";
import type { ClientStore } from "../../client/store.ts";
import { signIn } from "./accounts.ts";
import { startServer, type TestServer } from "./server.ts";

const PATIENCE = { timeout: 30_000 };

export class SdkStage {
  readonly server: TestServer;
  /** For stores in files; it goes with the stage. */
  readonly directory: string;
  readonly #open: HoldfastClient[] = [];

  private constructor(server: TestServer, directory: string) {
    this.server = server;
    this.directory = directory;
  }

  static async open(): Promise<SdkStage> {
    const directory = mkdtempSync(join(tmpdir(), "holdfast-sdk-"));
    const persistTo = join(directory, "rows");
    const server = await startServer({ persistTo, vars: { DEV_SIGN_IN: "on" } });
    return new SdkStage(server, directory);
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((client) => client.close()));
    await this.server.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** A connected client of `user`; without a store it is a new device. */
  readonly device = async (
    user: string,
    store: ClientStore = memoryStore(),
  ): Promise<HoldfastClient> => {
    const { url } = this.server;
    const client = new HoldfastClient({ url, user, token: () => signIn(url, user), store });
    this.closes(client);
    await client.connect();
    return client;
  };

  /** One that was made otherwise ends with the stage, too. */
  closes(client: HoldfastClient): void {
    this.#open.push(client);
  }
}

/** What the conversation shows: texts, and the kind of whatever else there is. */
export function linesOf(client: HoldfastClient, conversation: string): string[] {
  const { messages } = client.messages(conversation).get();
  return messages.map(({ content }) => (content.kind === "text" ? content.text : content.kind));
}

/** Watches the conversation, so that it is loaded, until it shows this. */
export async function shows(
  client: HoldfastClient,
  conversation: string,
  wanted: readonly string[],
  lines = linesOf,
): Promise<void> {
  const stop = client.messages(conversation).subscribe(() => {});
  try {
    await expect.poll(() => lines(client, conversation), PATIENCE).toEqual(wanted);
  } finally {
    stop();
  }
}
