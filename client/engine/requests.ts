/** Questions with an answer of their own: each has a deadline, and outlives a lost connection. */
import type { ClientFrame } from "../../protocol/client-frames.ts";
import type { ServerFrame } from "../../protocol/server-frames.ts";
import { HoldfastError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { Alarm } from "./alarm.ts";
import type { Connector } from "./connector.ts";

type Answer = Extract<ServerFrame, { ref?: string | undefined }>;

interface Open {
  readonly frame: ClientFrame;
  /** Whether it goes again with the next session, as it is. */
  readonly repeats: boolean;
  readonly deadline: number;
  readonly t: Answer["t"];
  resolve(frame: Answer): void;
  reject(error: HoldfastError): void;
}

export class Requests {
  readonly #clock: Clock;
  readonly #connector: Connector;
  readonly #timeoutMs: number;
  readonly #alarm: Alarm;
  readonly #open = new Map<string, Open>();
  #last = 0;
  #stopped = false;

  constructor(clock: Clock, connector: Connector, timeoutMs: number) {
    this.#clock = clock;
    this.#connector = connector;
    this.#timeoutMs = timeoutMs;
    this.#alarm = new Alarm(clock, () => this.#expire());
  }

  /** Rejects with the server's error, `timeout`, `closed`, or `offline` where it does not repeat. */
  ask<Kind extends Answer["t"]>(
    t: Kind,
    frame: (ref: string) => ClientFrame,
    repeats = true,
  ): Promise<Extract<Answer, { t: Kind }>> {
    this.#last += 1;
    const ref = `r${this.#last}`;
    if (this.#stopped) return Promise.reject(new HoldfastError("closed"));
    const deadline = this.#clock.monotonic() + this.#timeoutMs;
    return new Promise((resolve, reject) => {
      const open: Open = {
        frame: frame(ref),
        repeats,
        deadline,
        t,
        resolve: (answer) => resolve(answer as Extract<Answer, { t: Kind }>),
        reject,
      };
      this.#open.set(ref, open);
      this.#alarm.setEarlier(deadline);
      this.#send(open);
    });
  }

  /** Whether the frame was an answer to one of them. */
  take(frame: ServerFrame): boolean {
    const ref = "ref" in frame ? frame.ref : undefined;
    const open = ref === undefined ? undefined : this.#open.get(ref);
    if (ref === undefined || open === undefined) return false;
    this.#open.delete(ref);
    if (frame.t === "error") open.reject(new HoldfastError(frame.error.code, frame.error));
    else if (frame.t === open.t) open.resolve(frame as Answer);
    else open.reject(new HoldfastError("internal"));
    this.#connector.pulse.answered(undefined, this.#open.size > 0);
    return true;
  }

  /** A session began. */
  start(): void {
    for (const [ref, open] of this.#open) {
      if (open.repeats) this.#send(open);
      else {
        this.#open.delete(ref);
        open.reject(new HoldfastError("offline"));
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.end();
    for (const open of this.#open.values()) open.reject(new HoldfastError("closed"));
    this.#open.clear();
  }

  #send(open: Open): void {
    if (!this.#connector.ready) return;
    this.#connector.send(open.frame);
    this.#connector.pulse.asked();
  }

  #expire(): void {
    const now = this.#clock.monotonic();
    for (const [ref, open] of this.#open) {
      if (open.deadline > now) continue;
      this.#open.delete(ref);
      open.reject(new HoldfastError("timeout"));
    }
    const [next] = [...this.#open.values()].map(({ deadline }) => deadline).sort((a, b) => a - b);
    this.#alarm.set(next);
    this.#connector.pulse.check();
  }
}
