import { once } from "node:events";
import { stdin } from "node:process";
import { createInterface } from "node:readline";
import { directConversation, type HoldfastClient } from "../../client/index.ts";
import type { ChatArguments } from "./arguments.ts";
import { Printer } from "./printer.ts";
import { Sent } from "./sent.ts";

/** Sends what is typed or piped, prints what comes, and ends with the input. */
export async function talk(
  client: HoldfastClient,
  { user, peer, url, waitMs }: ChatArguments,
  interactive: boolean,
): Promise<void> {
  const conversation = directConversation(user, peer);
  const input = createInterface({ input: stdin, output: process.stdout, terminal: interactive });
  const printer = new Printer(interactive ? input : undefined, user);
  const sent = new Sent(client, printer);

  client.onMessage(async (message) => {
    if (message.conversation !== conversation) return;
    printer.message(message);
    // Somebody looks at a terminal; nobody looks at a pipe.
    if (interactive && message.number !== undefined && !message.own) {
      await client.markRead(conversation, message.number);
    }
  });
  const stop = client.on("connection", ({ connection }) => printer.connection(connection));
  await client.connect();
  printer.line(`${user} talks with ${peer} at ${url}${interactive ? " (Ctrl-D ends)" : ""}`);
  if (interactive) {
    input.setPrompt(`${user}> `);
    input.prompt();
  }

  const ended = once(input, "close");
  input.on("line", (text) => {
    if (text.trim() !== "") sent.add(client.send(conversation, text), text);
    if (interactive) input.prompt();
  });
  await ended;
  printer.finish();
  await sent.settle(interactive ? 0 : waitMs).finally(stop);
}
