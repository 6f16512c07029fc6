/**
 * The device as a follower of its user's timeline: only what continues the contiguous run is
 * stored, what lies beyond a gap is kept aside, what is there already is dropped.
 */

import { DEVICE_LIMITS } from "../../protocol/device-limits.ts";
import type { Entry } from "../../protocol/entries.ts";
import { follow } from "../../protocol/follow.ts";
import type { EntriesFrame } from "../../protocol/server-frames.ts";

export interface Inbox {
  /** End of the contiguous run in the store. */
  readonly stored: number;
  /** Entries beyond a gap, by seq. */
  readonly aside: ReadonlyMap<number, Entry>;
}

export type Taken =
  /** Store these, then the run ends at `inbox.stored`. */
  | { readonly kind: "next"; readonly entries: readonly Entry[]; readonly inbox: Inbox }
  | { readonly kind: "have" }
  /** The server gave up on an entry that the app refuses: this stands for it from now on. */
  | { readonly kind: "replace"; readonly entry: Entry }
  /** Something is missing before this: ask for it. */
  | { readonly kind: "gap"; readonly inbox: Inbox }
  /** The frame contradicts itself: nothing of it is used, ask again. */
  | { readonly kind: "broken" };

export function emptyInbox(stored: number): Inbox {
  return { stored, aside: new Map() };
}

/** `handled`: up to here the app has it, and nothing is replaced any more. */
export function takeEntries(inbox: Inbox, handled: number, frame: EntriesFrame): Taken {
  if (!isRun(frame)) return { kind: "broken" };
  const place = follow(inbox.stored, frame.from, frame.to);
  if (place.kind === "have") return replacement(handled, frame.entries) ?? { kind: "have" };
  if (place.kind === "gap") return { kind: "gap", inbox: keepAside(inbox, frame.entries) };
  return continueRun(inbox, frame.entries.slice(place.skip));
}

function isRun({ from, to, count, entries }: EntriesFrame): boolean {
  if (count !== entries.length || to - from + 1 !== count) return false;
  return entries.every((entry, index) => entry.seq === from + index);
}

function replacement(handled: number, entries: readonly Entry[]): Taken | undefined {
  const entry = entries.find(({ seq, body }) => seq > handled && body.kind === "placeholder");
  return entry && { kind: "replace", entry };
}

function keepAside(inbox: Inbox, entries: readonly Entry[]): Inbox {
  const aside = new Map(inbox.aside);
  for (const entry of entries)
    if (aside.size < DEVICE_LIMITS.asideEntries) aside.set(entry.seq, entry);
  return { ...inbox, aside };
}

function continueRun(inbox: Inbox, fresh: readonly Entry[]): Taken {
  const entries = [...fresh];
  let stored = inbox.stored + fresh.length;
  for (let next = inbox.aside.get(stored + 1); next; next = inbox.aside.get(stored + 1)) {
    entries.push(next);
    stored += 1;
  }
  const aside = new Map([...inbox.aside].filter(([seq]) => seq > stored));
  return { kind: "next", entries, inbox: { stored, aside } };
}

/** When what was handled must be told; undefined: nothing is to be told. */
export interface AckPlan {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
}

const ACK_AT_ONCE_ENTRIES = 32;

export function noteHandled(plan: AckPlan | undefined, count: number, now: number): AckPlan {
  return { firstAt: plan?.firstAt ?? now, lastAt: now, count: (plan?.count ?? 0) + count };
}

export function ackAt(plan: AckPlan, delays: { ackDelayMs: number; ackMaxMs: number }): number {
  if (plan.count >= ACK_AT_ONCE_ENTRIES) return plan.lastAt;
  return Math.min(plan.lastAt + delays.ackDelayMs, plan.firstAt + delays.ackMaxMs);
}
