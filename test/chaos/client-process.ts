/**
 * A person's device as a process of its own, with its store in a file: started, and killed, by the
 * case in processes.ts. Says what it was told over IPC, one thing at a time, and nothing twice.
 */
import { HoldfastClient, HoldfastError } from "../../client/index.ts";
import type { HistoryPage, Message } from "../../client/model.ts";
import { sqliteStore } from "../../client/platform/node-sqlite.ts";
import { signIn } from "../support/accounts.ts";

export interface ProcessOrder {
  readonly url: string;
  readonly user: string;
  readonly file: string;
  readonly conversation: string;
}

export type ProcessReport =
  /** About to be sent: it may be killed before it can tell the id. */
  | { readonly kind: "saying"; readonly text: string }
  | { readonly kind: "sent"; readonly id: string; readonly text: string }
  | { readonly kind: "accepted"; readonly id: string; readonly number: number | null }
  /** The whole conversation as this device has it, asked for at the end. */
  | {
      readonly kind: "list";
      readonly messages: readonly ListedMessage[];
      readonly waiting: number;
    };

export interface ListedMessage {
  readonly id: string;
  readonly number: number;
  readonly text: string;
}

export type ProcessCommand = { readonly kind: "chat" } | { readonly kind: "list" };

type Page = Pick<HistoryPage, "messages" | "more" | "from">;

const PAUSE_MS = 15;
const PAGE = 100;

const order = JSON.parse(process.argv[2] ?? "") as ProcessOrder;
const report = (what: ProcessReport) => process.send?.(what);

// Whoever started this process is gone: so is the reason to go on.
process.on("disconnect", () => process.exit());
const client = new HoldfastClient({
  url: order.url,
  user: order.user,
  token: () => signIn(order.url, order.user),
  store: sqliteStore(order.file),
});
// Taking them is all: what this device has is read from its store at the end.
client.onMessage(() => undefined);
await client.connect();
process.on("message", (command: ProcessCommand) => {
  if (command.kind === "chat") chat();
  else void list();
});
report({ kind: "list", messages: [], waiting: 0 });

/** Speaks until it is killed. */
function chat(): void {
  const text = `${order.user} ${process.pid} ${performance.now()}`;
  report({ kind: "saying", text });
  const handle = client.send(order.conversation, text);
  // A rejection would be a finding: it ends this process, and the case with it.
  void handle.queued.then((id) => report({ kind: "sent", id, text }));
  void handle.accepted.then(({ id, number }) => report({ kind: "accepted", id, number }));
  setTimeout(chat, PAUSE_MS);
}

async function list(): Promise<void> {
  const messages: ListedMessage[] = [];
  let before: number | undefined;
  for (let more = true; more; ) {
    const page = await pageBefore(before);
    messages.unshift(...page.messages.flatMap(listed));
    before = page.from;
    more = page.more && before !== undefined;
  }
  report({ kind: "list", messages, waiting: client.connection.get().waiting });
}

/** Nothing where nothing has come to this person's object yet. */
function pageBefore(before: number | undefined): Promise<Page> {
  const page = { limit: PAGE, ...(before === undefined ? {} : { before }) };
  return client.history(order.conversation, page).catch((error: unknown) => {
    if (error instanceof HoldfastError && error.code === "not-found")
      return { messages: [], more: false, from: undefined };
    throw error;
  });
}

function listed({ id, number, content }: Message): ListedMessage[] {
  if (id === undefined || number === undefined || content.kind !== "text") return [];
  return [{ id, number, text: content.text }];
}
