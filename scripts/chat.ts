// `npm run chat -- alice bob`: a conversation in the terminal, on nothing but the public SDK.
import { stdin } from "node:process";
import { HoldfastClient } from "../client/index.ts";
import { openStore } from "../client/platform/node.ts";
import { type ChatArguments, readArguments } from "./chat/arguments.ts";
import { Exit } from "./chat/exit.ts";
import { lockStore } from "./chat/lock.ts";
import { signIn } from "./chat/sign-in.ts";
import { talk } from "./chat/talk.ts";

async function main(options: ChatArguments): Promise<void> {
  const { user, url, directory, store } = options;
  // Before anything else: who can't sign in shall learn it in one sentence.
  await signIn(url, user);
  const unlock = lockStore(directory, store);
  const client = new HoldfastClient({
    url,
    user,
    token: () => signIn(url, user),
    store: openStore(directory, store),
    app: { name: "holdfast-terminal", version: "0.1.0" },
  });
  try {
    await talk(client, options, stdin.isTTY === true);
  } finally {
    await client.close();
    unlock();
  }
}

try {
  await main(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  console.error(error.message);
  process.exitCode = error.code;
}
