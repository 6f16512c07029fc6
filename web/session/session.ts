import { HoldfastClient, HoldfastError, type Platform } from "../../client/index.ts";
import { browserPlatform } from "../../client/platform/browser.ts";
import { newValue, type Value } from "../hooks/value.ts";
import type { Faults } from "../lab/faults.ts";
import { freshToken, keptCredentials, knownUsers } from "./credentials.ts";
import { inSlot } from "./device-slot.ts";
import { startOffline } from "./offline-start.ts";

/** A user at work in this window. */
export interface Session {
  readonly user: string;
  readonly client: HoldfastClient;
  /** With demo users only: what breaks this window's network. */
  readonly faults: Faults | undefined;
  /** The account is gone, for good, as far as this window knows. */
  readonly deleted: Value<boolean>;
}

const DAY_MS = 86_400_000;

/** Signs in where that takes no password, and opens the store; rejects with the error's code. */
export async function openSession(user: string, slot: string | undefined): Promise<Session> {
  if (keptCredentials(user) === undefined) await signIn(user);
  const faults = keptCredentials(user)?.development ? await loadFaults() : undefined;
  const base = browserPlatform();
  const own: Platform = slot === undefined ? base : inSlot(base, slot);
  const deleted = newValue(false);
  const token = () =>
    freshToken(user).catch((error: unknown) => {
      if (isGone(error)) deleted.set(true);
      throw error;
    });
  const client = new HoldfastClient({
    url: location.origin,
    user,
    token,
    platform: faults?.wrap(own) ?? own,
    app: { name: "holdfast-page", version: "0.1.0" },
    askAfterMs: DAY_MS,
  });
  await client.connect();
  startOffline();
  return { user, client, faults, deleted };
}

/** A refusal for ever: the account that was asked about is deleted. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error instanceof HoldfastError ? error.code : error.message) === "gone"
  );
}

/** Without a server it can wait, where there is something to show: the SDK asks for a token later. */
async function signIn(user: string): Promise<void> {
  try {
    await freshToken(user);
  } catch (error) {
    const unreachable = error instanceof Error && error.message === "unreachable";
    if (!unreachable || !knownUsers().includes(user)) throw error;
  }
}

async function loadFaults(): Promise<Faults> {
  const { Faults } = await import("../lab/faults.ts");
  return new Faults();
}
