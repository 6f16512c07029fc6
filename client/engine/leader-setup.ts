/** What a leader is made of, and what it tells to who has made it. */
import type { LinkState } from "../core/connection.ts";
import type { ClientEvent } from "../model.ts";
import type { StoreImage, StoreMeta } from "../store.ts";
import type { Change } from "./change.ts";
import type { LifeSetup } from "./life-setup.ts";

export interface LeaderEvents {
  onChange(change: Change): void;
  /** The store was read, between two commits. */
  onRead(image: StoreImage): void;
  onEvent(event: ClientEvent): void;
  onState(state: LinkState): void;
  /** Another tab leads, or another process of this device was let in. */
  onFenced(): void;
  onBroken(error: unknown): void;
}

export interface LeaderSetup
  extends Pick<
    LifeSetup,
    "config" | "platform" | "name" | "store" | "book" | "tokens" | "handler"
  > {
  readonly meta: StoreMeta;
  /** From `store.claim()`. */
  readonly epoch: number;
}
