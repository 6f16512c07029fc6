import type { HoldfastClient, MessageState, SendHandle } from "../../client/index.ts";
import { Exit } from "./exit.ts";
import type { Printer } from "./printer.ts";

/** Delivery needs a device of the other side: when there is none, this is long enough to see it. */
const DELIVERY_MS = 3_000;

const SHOWN: ReadonlySet<MessageState> = new Set(["queued", "accepted", "delivered", "read"]);

/** What was sent in this run, and what an earlier run has left in the queue. */
export class Sent {
  private readonly client: HoldfastClient;
  private readonly printer: Printer;
  private readonly own = new Set<string>();
  private readonly handles: SendHandle[] = [];
  private refused = 0;

  constructor(client: HoldfastClient, printer: Printer) {
    this.client = client;
    this.printer = printer;
    client.on("outbox", ({ key, id, state }) => {
      if (!this.own.has(key) && state === "accepted")
        printer.line(`accepted ${id} of an earlier run`);
    });
    client.on("failed", ({ key, failure }) => {
      this.refused += 1;
      printer.line(`refused: ${failure.code}`);
      // What is behind it in the conversation must not wait for ever.
      client.drop(key).catch((error: Error) => printer.line(error.message));
    });
  }

  add(handle: SendHandle, text: string): void {
    const name = `#${this.handles.push(handle)}`;
    this.own.add(handle.key);
    handle.queued.then(
      () => this.printer.line(`${name} queued: ${text}`),
      (error: Error) => this.printer.line(`${name} not queued: ${error.message}`),
    );
    handle.onState((state) => {
      if (SHOWN.has(state) && state !== "queued") this.printer.line(`${name} ${state}`);
    });
  }

  /** Waits until the server has all of it, and a moment longer for the other side's devices. */
  async settle(waitMs: number): Promise<void> {
    await within(waitMs, this.queueIsEmpty());
    const { waiting } = this.client.connection.get();
    if (waiting > 0) throw new Exit(4, `${waiting} still waiting; they go out at the next start.`);
    const delivered = Promise.allSettled(this.handles.map((handle) => handle.delivered));
    await within(Math.min(waitMs, DELIVERY_MS), delivered);
    if (this.refused > 0) throw new Exit(3, `${this.refused} refused.`);
  }

  private async queueIsEmpty(): Promise<void> {
    await Promise.allSettled(this.handles.map((handle) => handle.queued));
    const { connection } = this.client;
    await new Promise<void>((done) => {
      const look = () => {
        if (connection.get().waiting > 0) return;
        stop();
        done();
      };
      const stop = connection.subscribe(look);
      look();
    });
  }
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((done) => {
    timer = setTimeout(done, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
