/**
 * A process that sends until it is killed, for tests that kill it: tells each message that was
 * queued, on a line of its own. Arguments: url, user, conversation, store file, life, count.
 */
import { HoldfastClient } from "../../../client/index.ts";
import { sqliteStore } from "../../../client/platform/node.ts";
import { signIn } from "../accounts.ts";

const [url = "", user = "", conversation = "", path = "", life = "", count = "0"] =
  process.argv.slice(2);

const client = new HoldfastClient({
  url,
  user,
  token: () => signIn(url, user),
  store: sqliteStore(path),
});
await client.connect();

for (let index = 0; index < Number(count); index += 1) {
  const text = `${life}.${index}`;
  void client.send(conversation, text).queued.then(() => process.stdout.write(`${text}\n`));
  if (index % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

client.connection.subscribe(tellWhenEmpty);
tellWhenEmpty();

function tellWhenEmpty(): void {
  const { state, waiting } = client.connection.get();
  if (state.kind === "live" && waiting === 0) process.stdout.write("empty\n");
}
