/**
 * A process that sends until it kills itself at one step of a message's way. Tells each message that
 * was queued, on a line of its own. Arguments: url, user, conversation, directory of the store, life,
 * count, and the kill point as JSON.
 */
import { writeSync } from "node:fs";
import { HoldfastClient } from "../../../client/index.ts";
import { nodePlatform } from "../../../client/platform/node.ts";
import { signIn } from "../accounts.ts";
import type { KillPoint } from "./kill-points.ts";
import { mortalPlatform } from "./mortal.ts";

const [
  url = "",
  user = "",
  conversation = "",
  directory = "",
  life = "",
  count = "0",
  json = "{}",
] = process.argv.slice(2);
const { point = "", skip = 0, isOwnFirst = false }: Partial<KillPoint> = JSON.parse(json);

/** At once, for this process may not live to see it flushed. */
const tell = (line: string) => writeSync(process.stdout.fd, `${line}\n`);

const platform = mortalPlatform(nodePlatform({ directory }), {
  point,
  skip,
  isOwnFirst,
  die: () => process.kill(process.pid, "SIGKILL"),
});
const client = new HoldfastClient({ url, user, token: () => signIn(url, user), platform });

function send(index: number): void {
  const text = `${life}.${index}`;
  void client.send(conversation, text).queued.then(() => tell(text));
}

function tellWhenEmpty(): void {
  const { state, waiting } = client.connection.get();
  if (state.kind === "live" && waiting === 0) tell("empty");
}

const early = Math.ceil(Number(count) / 2);
for (let index = 0; index < early; index += 1) send(index);
client.connection.subscribe(tellWhenEmpty);
await client.connect();
for (let index = early; index < Number(count); index += 1) send(index);
