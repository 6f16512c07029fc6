/** The clients over one store: one of them leads, the others show what it tells and ask it to act. */

import { HEARTBEAT } from "../core/heartbeat.ts";
import type { NewWish } from "../core/personal.ts";
import { TABS, watchLeader } from "../core/tabs.ts";
import { HoldfastError, type HoldfastErrorCode } from "../errors.ts";
import type { ClientEvent, ConnectionState } from "../model.ts";
import type { Platform, TabChannel, Tabs } from "../ports.ts";
import type { StoreImage } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { Change } from "./change.ts";
import type { Page } from "./history.ts";

/** What a follower asks of the leader. */
export type TeamCall =
  | { readonly do: "resend" | "drop"; readonly key: string }
  | { readonly do: "read" | "retry"; readonly conversation: string; readonly number: number }
  | { readonly do: "wish"; readonly conversation: string; readonly wish: NewWish }
  | { readonly do: "fetch"; readonly page: Page }
  | { readonly do: "typing"; readonly conversation: string; readonly on: boolean }
  | {
      readonly do: "watch";
      readonly tab: string;
      readonly users: readonly string[];
      /** Absent from a tab of an older build. */
      readonly groups?: readonly string[];
    }
  | { readonly do: "reconnect" };

export type TeamMessage =
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "event"; readonly event: ClientEvent }
  | { readonly kind: "state"; readonly state: ConnectionState }
  /** The leader runs, and its connection is like this: a leader of the past may have said else. */
  | { readonly kind: "beat"; readonly state: ConnectionState }
  /** All that is in the store, where the one before may have ended between writing and telling. */
  | { readonly kind: "leads"; readonly image: StoreImage }
  /** A follower came: tell it the state, and what is in the store. */
  | { readonly kind: "hello" }
  | { readonly kind: "call"; readonly id: string; readonly call: TeamCall }
  | { readonly kind: "answer"; readonly id: string; readonly code?: HoldfastErrorCode };

export interface TeamEvents {
  lead(): void;
  /** Another one has taken over. */
  follow(): void;
  hear(message: Exclude<TeamMessage, { kind: "call" | "answer" }>): void;
  /** What a leader says of its connection. */
  state(): ConnectionState;
  perform(call: TeamCall): Promise<void>;
}

interface OpenCall {
  resolve(): void;
  reject(error: HoldfastError): void;
}

export class Team {
  readonly #platform: Platform;
  readonly #tabs: Tabs | undefined;
  readonly #name: string;
  readonly #events: TeamEvents;
  readonly #alarm: Alarm;
  readonly #calls = new Map<string, OpenCall>();
  #channel: TabChannel | undefined;
  #release: (() => void) | undefined;
  #leads = false;
  #heardAt = 0;
  #expectedAt = 0;

  constructor(platform: Platform, name: string, events: TeamEvents) {
    this.#platform = platform;
    this.#tabs = platform.tabs;
    this.#name = name;
    this.#events = events;
    this.#alarm = new Alarm(platform.clock, () => this.#watch());
  }

  join(): void {
    if (this.#tabs === undefined) {
      this.#leads = true;
      return this.#events.lead();
    }
    this.#channel = this.#tabs.channel(this.#name, (message) => this.#hear(message as TeamMessage));
    this.#heardAt = this.#platform.clock.monotonic();
    this.#apply(false);
    this.#channel.post({ kind: "hello" });
    this.#watch();
  }

  leave(): void {
    this.#alarm.clear();
    this.#release?.();
    this.#release = undefined;
    this.#leads = false;
    this.#channel?.close();
    this.#channel = undefined;
    for (const call of this.#calls.values()) call.reject(new HoldfastError("closed"));
    this.#calls.clear();
  }

  /** The leader found that its time is over: line up again. */
  step(): void {
    if (this.#tabs === undefined) return;
    this.#leads = false;
    this.#heardAt = this.#platform.clock.monotonic();
    this.#apply(false);
    this.post({ kind: "hello" });
    this.#watch();
  }

  post(message: TeamMessage): void {
    this.#channel?.post(message);
  }

  /** Rejects with `timeout` when no leader answers. */
  call(call: TeamCall, timeoutMs: number): Promise<void> {
    const id = this.#platform.random.id();
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        cancel();
        this.#calls.delete(id);
        end();
      };
      const cancel = this.#platform.clock.after(timeoutMs, () =>
        settle(() => reject(new HoldfastError("timeout"))),
      );
      this.#calls.set(id, {
        resolve: () => settle(resolve),
        reject: (error) => settle(() => reject(error)),
      });
      this.post({ kind: "call", id, call });
    });
  }

  #apply(force: boolean): void {
    this.#release?.();
    this.#release = this.#tabs?.lead(
      this.#name,
      () => {
        this.#leads = true;
        this.#watch();
        this.#events.lead();
      },
      () => this.#events.follow(),
      force,
    );
  }

  #hear(message: TeamMessage): void {
    if (message.kind === "answer") {
      const open = this.#calls.get(message.id);
      if (message.code === undefined) open?.resolve();
      else open?.reject(new HoldfastError(message.code));
    } else if (message.kind === "call") {
      if (this.#leads) void this.#perform(message.id, message.call);
    } else {
      if (message.kind !== "hello") this.#heardAt = this.#platform.clock.monotonic();
      this.#events.hear(message);
    }
  }

  async #perform(id: string, call: TeamCall): Promise<void> {
    try {
      await this.#events.perform(call);
      this.post({ kind: "answer", id });
    } catch (error) {
      const code = error instanceof HoldfastError ? error.code : "internal";
      this.post({ kind: "answer", id, code });
    }
  }

  #watch(): void {
    const now = this.#platform.clock.monotonic();
    const slept = this.#expectedAt > 0 && now - this.#expectedAt >= HEARTBEAT.lateMs;
    if (slept) this.#heardAt = now;
    const visible = this.#platform.lifecycle.visible();
    const step = watchLeader({ leads: this.#leads, visible, heardAt: this.#heardAt }, now, slept);
    if (step.kind === "beat") this.post({ kind: "beat", state: this.#events.state() });
    if (step.kind === "take-over") {
      this.#heardAt = now;
      this.#apply(true);
    }
    this.#expectedAt = now + (step.kind === "wait" ? step.delayMs : TABS.beatMs);
    this.#alarm.set(this.#expectedAt);
  }
}
