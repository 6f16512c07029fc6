/**
 * Runs in the page that is killed: the SDK over its own platform, with a hook at each step of a
 * message's way. The address says who sends how much to whom, and where the page is to die.
 */
import { HoldfastClient } from "../../client/index.ts";
import { browserPlatform } from "../../client/platform/browser.ts";
import type { Platform, Socket, SocketEvents, Sockets } from "../../client/ports.ts";
import type { ClientStore, StoreBatch } from "../../client/store.ts";
import { signIn } from "../support/accounts.ts";

declare global {
  interface Window {
    /** Given by the test. */
    tell(kind: "queued" | "dying" | "state", text: string): void;
  }
}

const query = new URLSearchParams(location.search);
const asked = (name: string) => query.get(name) ?? "";
const point = asked("point");
/** So often it is passed before it kills. */
let passesLeft = Number(asked("skip"));
let isDead = false;
const never = new Promise<never>(() => {});

/** Whether the page is dead here; one that is to crash does not even return. */
function reach(step: string): boolean {
  if (isDead || step !== point) return isDead;
  passesLeft -= 1;
  if (passesLeft >= 0) return false;
  isDead = true;
  window.tell("dying", step);
  while (asked("how") === "crash");
  return true;
}

async function pass<Result>(name: string, call: () => Promise<Result>): Promise<Result> {
  if (reach(`${name} before`)) return never;
  const under = call();
  if (reach(`${name} amid`)) return never;
  const result = await under;
  return reach(`${name} after`) ? never : result;
}

function mortalStore(inner: ClientStore): ClientStore {
  return {
    open: (device) => inner.open(device),
    enqueue: (draft) => pass("enqueue", () => inner.enqueue(draft)),
    apply: (batch) => pass(nameOf(batch), () => inner.apply(batch)),
    claim: () => pass("claim", () => inner.claim()),
    read: () => inner.read(),
    range: (conversation, from, to) => inner.range(conversation, from, to),
    sinceSeq: (after, upTo, limit) => inner.sinceSeq(after, upTo, limit),
    close: () => inner.close(),
  };
}

function nameOf({ counterFloor, putOutbox = [], deleteOutbox = [] }: StoreBatch): string {
  if (counterFloor !== undefined) return "welcome";
  if (deleteOutbox.length > 0) return "forget";
  return putOutbox.some(({ status }) => status.kind === "accepted") ? "answer" : "other";
}

const frameName = (text: string) => /^\{"t":"(\w+)"/.exec(text)?.[1] ?? "other";

function mortalSockets(inner: Sockets): Sockets {
  return {
    open(url, protocols, events) {
      const socket = inner.open(url, protocols, mortalEvents(events));
      return mortalSocket(socket);
    },
  };
}

function mortalSocket(socket: Socket): Socket {
  return {
    send(text) {
      if (reach(`${frameName(text)} unsent`)) return;
      socket.send(text);
      reach(`${frameName(text)} sent`);
    },
    close: (code, reason) => socket.close(code, reason),
  };
}

/** `own-first`: the answer to a submit is held until the message came back by the timeline. */
function mortalEvents(events: SocketEvents): SocketEvents {
  const held: string[] = [];
  return {
    onOpen: () => isDead || events.onOpen(),
    onText(text) {
      const name = frameName(text);
      if (name === "accepted" && query.has("own-first")) return void held.push(text);
      if (reach(`${name} in`)) return;
      events.onText(text);
      if (name === "entries") for (const one of held.splice(0)) events.onText(one);
    },
    onClose: (code, reason) => isDead || events.onClose(code, reason),
  };
}

const inner = browserPlatform();
const platform: Platform = {
  ...inner,
  sockets: mortalSockets(inner.sockets),
  openStore: (name) => mortalStore(inner.openStore(name)),
};
const user = asked("user");
const url = location.origin;
const client = new HoldfastClient({ url, user, token: () => signIn(url, user), platform });

function tellState(): void {
  const { state, waiting, leader } = client.connection.get();
  window.tell("state", `${state.kind} ${waiting} ${leader ? "leads" : "follows"}`);
}

function send(index: number): void {
  const text = `${asked("life")}.${index}`;
  client.send(asked("talk"), text).queued.then(
    () => isDead || window.tell("queued", text),
    () => {},
  );
}

const count = Number(asked("count"));
const early = Math.ceil(count / 2);
for (let index = 0; index < early; index += 1) send(index);
client.connection.subscribe(tellState);
await client.connect();
tellState();
for (let index = early; index < count; index += 1) send(index);
