/** A platform that dies at one step of a message's way, for pages and processes that are killed. */
import type { Platform, Socket, SocketEvents } from "../../../client/ports.ts";
import type { ClientStore, StoreBatch } from "../../../client/store.ts";

export interface Death {
  /** E.g. `enqueue amid`; none of the steps: it lives. */
  readonly point: string;
  /** So often the point is passed before it kills. */
  readonly skip: number;
  /** The answer to a submit is held until the message came back by the timeline. */
  readonly isOwnFirst: boolean;
  /** What kills; where it returns, nothing is done any more all the same. */
  readonly die: (step: string) => void;
}

/** Whether it is dead at this step. */
type Reach = (step: string) => boolean;

export function mortalPlatform(inner: Platform, death: Death): Platform & { isDead(): boolean } {
  let isDead = false;
  let passesLeft = death.skip;
  const reach: Reach = (step) => {
    if (isDead || step !== death.point) return isDead;
    passesLeft -= 1;
    if (passesLeft >= 0) return false;
    isDead = true;
    death.die(step);
    return true;
  };
  return {
    ...inner,
    isDead: () => isDead,
    openStore: (name) => mortalStore(inner.openStore(name), reach),
    sockets: {
      open(url, protocols, events) {
        const heard = mortalEvents(events, reach, death.isOwnFirst);
        return mortalSocket(inner.sockets.open(url, protocols, heard), reach);
      },
    },
  };
}

const never = new Promise<never>(() => {});

function mortalStore(inner: ClientStore, reach: Reach): ClientStore {
  async function pass<Result>(name: string, call: () => Promise<Result>): Promise<Result> {
    if (reach(`${name} before`)) return never;
    const under = call();
    if (reach(`${name} amid`)) return never;
    const result = await under;
    return reach(`${name} after`) ? never : result;
  }
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

function mortalSocket(socket: Socket, reach: Reach): Socket {
  return {
    send(text) {
      if (reach(`${frameName(text)} unsent`)) return;
      socket.send(text);
      reach(`${frameName(text)} sent`);
    },
    close: (code, reason) => socket.close(code, reason),
  };
}

function mortalEvents(events: SocketEvents, reach: Reach, isOwnFirst: boolean): SocketEvents {
  const held: string[] = [];
  return {
    onOpen: () => reach("open") || events.onOpen(),
    onText(text) {
      const name = frameName(text);
      if (name === "accepted" && isOwnFirst) return void held.push(text);
      if (reach(`${name} in`)) return;
      events.onText(text);
      if (name === "entries") for (const one of held.splice(0)) events.onText(one);
    },
    onClose: (code, reason) => reach("close") || events.onClose(code, reason),
  };
}
