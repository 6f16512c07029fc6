/**
 * A run as data. Everything that happens follows from the plan: what people do, what breaks, and
 * how large things are. A decision of chance depends on the seed, its site and its count alone, so
 * that a plan from which something was removed is still the same plan otherwise.
 */
import type { Priority } from "../../protocol/entries.ts";
import type { Settings } from "../../protocol/settings.ts";

export const PLAN_VERSION = 1;
/** As a peer: the first group. */
export const FIRST_GROUP = 100;

/** Places at which chance may break something; see faults.ts for what each does. */
export const FAULT_SITES = [
  "evict",
  "crash-before-commit",
  "crash-after-commit",
  "statement-fails",
  "call-refused",
  "call-slow",
  "call-twice",
  "reply-lost",
  "alarm-late",
  "alarm-twice",
  "frame-twice",
  "frame-slow",
  "connect-fails",
  "close-lost",
  "client-crash",
] as const;
export type FaultSite = (typeof FAULT_SITES)[number];

/** Users and devices by index: `device` counts within its user. */
interface OfDevice {
  readonly user: number;
  readonly device: number;
}

export type ManageOp = OfDevice & {
  readonly do: "create" | "invite" | "remove" | "leave" | "promote" | "retitle";
  readonly peer: number;
  readonly pick: number;
};

/** What somebody keeps for themself; `pick` chooses what, and to what it is set. */
export type PersonalOp = OfDevice & {
  readonly do: "arrange" | "draft" | "block" | "unblock";
  readonly peer: number;
  readonly pick: number;
};

/** What people do, `at` ms from the start. `pick` chooses among what is there then. */
export type Op = { readonly at: number } & (
  | (OfDevice & {
      readonly do: "send";
      readonly peer: number;
      readonly count: number;
      readonly bytes: number;
      readonly priority: Priority;
    })
  | (OfDevice & {
      readonly do: "edit" | "recall" | "react";
      readonly peer: number;
      readonly pick: number;
    })
  | (OfDevice & { readonly do: "read"; readonly peer: number; readonly pick: number })
  | (OfDevice & { readonly do: "history"; readonly peer: number; readonly pick: number })
  /** The process ends without warning and starts again with what its store has. */
  | (OfDevice & { readonly do: "reload"; readonly downMs: number })
  /** Nothing runs and nothing arrives; sockets stay as they are. */
  | (OfDevice & { readonly do: "sleep"; readonly ms: number })
  /** Says something about a group, allowed or not; `pick` chooses whom it is about. */
  | ManageOp
  | PersonalOp
  /** One tab of several: nothing runs for a while, while it keeps its lock. */
  | (OfDevice & { readonly do: "freeze"; readonly ms: number; readonly pick: number })
  /** One tab ends, and is opened again later. */
  | (OfDevice & { readonly do: "close"; readonly downMs: number; readonly pick: number })
  /** Tells nobody any more what has been read. */
  | (OfDevice & { readonly do: "hide-reads" })
  | (OfDevice & { readonly do: "add" })
  | (OfDevice & { readonly do: "revoke" })
  /** The app's handler throws on the next `times` entries. */
  | (OfDevice & { readonly do: "refuse"; readonly times: number })
  /** A broken client: an id that was accepted comes again with other content. */
  | (OfDevice & { readonly do: "forge"; readonly peer: number; readonly pick: number })
  /** Gives up on what was refused, or asks for it once more. */
  | (OfDevice & { readonly do: "drop" | "resend" })
);

/** Faults with a time of their own. What crashes from `FIRST_GROUP` on is a group's object. */
export type Strike = { readonly at: number } & (
  | { readonly do: "crash" | "evict"; readonly user: number }
  | { readonly do: "deploy" }
  | (OfDevice & { readonly do: "kick" })
  /** Its wall clock is set, forward or back. */
  | (OfDevice & { readonly do: "set-clock"; readonly byMs: number })
  /** No frame gets through for a while; then all do, or the link is dead and nobody is told. */
  | (OfDevice & {
      readonly do: "stall";
      readonly ms: number;
      readonly way: "up" | "down" | "both";
      readonly ends: "resumed" | "dead";
    })
);

export interface DeviceParams {
  /** Off by this much from the server's time, in the beginning. */
  readonly skewMs: number;
  /** Too old to ack. */
  readonly old: boolean;
  /** Tabs over one store; absent: an app that is alone with it. */
  readonly tabs?: number;
}

export interface Params {
  /** Devices per user; those with `add` in the plan come later. */
  readonly users: readonly (readonly DeviceParams[])[];
  /** Groups that somebody may make; their conversations are peers from `FIRST_GROUP` on. */
  readonly groups?: number;
  readonly spanMs: number;
  readonly latencyMs: number;
  /** A local store's commit takes up to this long. */
  readonly storeMs: number;
  /** How long a token lives. */
  readonly tokenMs: number;
  readonly settings: Settings;
}

export interface Plan {
  readonly version: typeof PLAN_VERSION;
  readonly seed: number;
  readonly params: Params;
  readonly ops: readonly Op[];
  readonly strikes: readonly Strike[];
  /** Probability of each site's fault; absent: never. */
  readonly rates: Readonly<Partial<Record<FaultSite, number>>>;
  /** When given, only these decisions are faults; a shrunken plan has them one by one. */
  readonly only?: readonly string[];
}
