/**
 * The connection's state machine: what happened × where we are → where we are now and what to do.
 * Times are monotonic ms. An event of a socket that is no longer current must not get here: the
 * engine knows sockets by identity.
 *
 *   idle → connecting → authenticating → syncing → live
 *             ↑   any loss ↓      refusal ↓    final close ↓
 *          backoff · offline · hidden    needs-auth      closed
 */
import type { ConnectionReason } from "../model.ts";
import { BACKOFF, type Backoff, type Loss, NO_BACKOFF, nextDelay } from "./backoff.ts";

export type LinkState =
  | { readonly kind: "idle" }
  | { readonly kind: "connecting"; readonly attempt: number; readonly deadline: number }
  | { readonly kind: "authenticating"; readonly attempt: number; readonly deadline: number }
  | {
      readonly kind: "syncing";
      readonly have: number;
      readonly want: number;
      readonly since: number;
    }
  | { readonly kind: "live"; readonly since: number }
  | {
      readonly kind: "backoff";
      readonly until: number;
      readonly reason: ConnectionReason;
      readonly attempt: number;
    }
  /** Tried again at `until` all the same: what the runtime says about the network may be wrong. */
  | { readonly kind: "offline"; readonly until: number }
  | { readonly kind: "hidden" }
  | { readonly kind: "needs-auth"; readonly reason: ConnectionReason }
  | { readonly kind: "closed"; readonly reason: ConnectionReason };

export type LinkEvent =
  | { readonly kind: "start" }
  | { readonly kind: "opened" }
  /** Hello was answered: the store has `have`, the server `want`. */
  | { readonly kind: "welcomed"; readonly have: number; readonly want: number }
  | { readonly kind: "progress"; readonly have: number; readonly caughtUp: boolean }
  | { readonly kind: "lost"; readonly reason: ConnectionReason; readonly loss: Loss }
  /** The ticket or the token was refused. */
  | { readonly kind: "refused"; readonly reason: ConnectionReason }
  /** The server said that there is no coming back by itself. */
  | { readonly kind: "ended"; readonly reason: ConnectionReason }
  | { readonly kind: "due" }
  /** Something speaks for trying now: `reconnect()`, the network is back, the page is shown. */
  | { readonly kind: "wake" }
  | { readonly kind: "network-gone" }
  /** Nobody looks, and keeping the connection costs too much. */
  | { readonly kind: "hide" }
  | { readonly kind: "stop"; readonly reason: ConnectionReason };

/** open: make a new socket, whatever there was · hello: say it · drop: close what there is. */
export type LinkEffect = "open" | "hello" | "drop" | "none";

export interface Link {
  readonly state: LinkState;
  readonly backoff: Backoff;
  /** Refusals in a row: the second one is final. */
  readonly refusals: number;
}

export interface LinkContext {
  readonly now: number;
  /** From 0 to 1. */
  readonly random: number;
  readonly connectTimeoutMs: number;
}

export interface LinkStep {
  readonly link: Link;
  readonly effect: LinkEffect;
}

export const IDLE_LINK: Link = { state: { kind: "idle" }, backoff: NO_BACKOFF, refusals: 0 };

const OFFLINE_RETRY_MS = 60_000;

export function stepLink(link: Link, event: LinkEvent, context: LinkContext): LinkStep {
  const { state } = link;
  if (state.kind === "closed") return event.kind === "start" ? open(link, context) : stay(link);
  if (event.kind === "stop") return leave(link, { kind: "closed", reason: event.reason });
  if (state.kind === "idle") return event.kind === "start" ? open(link, context) : stay(link);
  switch (event.kind) {
    case "start":
      return stay(link);
    case "opened":
      return state.kind === "connecting"
        ? { link: { ...link, state: { ...state, kind: "authenticating" } }, effect: "hello" }
        : stay(link);
    case "welcomed":
      return state.kind === "authenticating" ? welcome(link, event, context.now) : stay(link);
    case "progress":
      return state.kind === "syncing" ? progress(link, state, event) : stay(link);
    case "lost":
      return hasSocket(state) ? lose(link, event.reason, event.loss, context) : stay(link);
    case "refused":
      return hasSocket(state) ? refuse(link, event.reason, context) : stay(link);
    case "ended":
      return hasSocket(state) ? leave(link, { kind: "closed", reason: event.reason }) : stay(link);
    case "due":
      return due(link, context);
    case "wake":
      return hasSocket(state) ? stay(link) : open(link, context);
    case "network-gone":
      return state.kind === "needs-auth" || state.kind === "hidden"
        ? stay(link)
        : leave(link, { kind: "offline", until: context.now + OFFLINE_RETRY_MS });
    case "hide":
      return state.kind === "needs-auth" ? stay(link) : leave(link, { kind: "hidden" });
  }
}

/** When `due` should come; undefined: never by itself. */
export function linkDueAt(state: LinkState): number | undefined {
  switch (state.kind) {
    case "connecting":
    case "authenticating":
      return state.deadline;
    case "backoff":
    case "offline":
      return state.until;
    default:
      return undefined;
  }
}

export function hasSocket(state: LinkState): boolean {
  return state.kind === "connecting" || state.kind === "authenticating" || isWelcome(state);
}

/** Whether frames other than hello may be sent. */
export function isWelcome(state: LinkState): boolean {
  return state.kind === "syncing" || state.kind === "live";
}

function stay(link: Link): LinkStep {
  return { link, effect: "none" };
}

function leave(link: Link, state: LinkState): LinkStep {
  return { link: { ...link, state }, effect: hasSocket(link.state) ? "drop" : "none" };
}

function open(link: Link, { now, connectTimeoutMs }: LinkContext): LinkStep {
  const attempt = link.backoff.attempt + 1;
  const state: LinkState = { kind: "connecting", attempt, deadline: now + connectTimeoutMs };
  return { link: { ...link, state }, effect: "open" };
}

function welcome(link: Link, at: { have: number; want: number }, now: number): LinkStep {
  const { have, want } = at;
  const state: LinkState =
    have >= want ? { kind: "live", since: now } : { kind: "syncing", have, want, since: now };
  return { link: { ...link, state, refusals: 0 }, effect: "none" };
}

function progress(
  link: Link,
  state: Extract<LinkState, { kind: "syncing" }>,
  event: Extract<LinkEvent, { kind: "progress" }>,
): LinkStep {
  const { have, caughtUp } = event;
  const next: LinkState =
    caughtUp || have >= state.want ? { kind: "live", since: state.since } : { ...state, have };
  return { link: { ...link, state: next }, effect: "none" };
}

function lose(
  link: Link,
  reason: ConnectionReason,
  loss: Loss,
  { now, random }: LinkContext,
): LinkStep {
  const before = isStable(link.state, now)
    ? { ...NO_BACKOFF, immediateAt: link.backoff.immediateAt }
    : link.backoff;
  const { delayMs, backoff } = nextDelay(before, loss, now, random);
  const state: LinkState = {
    kind: "backoff",
    until: now + delayMs,
    reason,
    attempt: backoff.attempt,
  };
  return { link: { ...link, state, backoff }, effect: "drop" };
}

/** Counted from welcome, not from open: a server that accepts and drops must not be hammered. */
function isStable(state: LinkState, now: number): boolean {
  return isWelcome(state) && "since" in state && now - state.since >= BACKOFF.stableMs;
}

function refuse(link: Link, reason: ConnectionReason, context: LinkContext): LinkStep {
  const refusals = link.refusals + 1;
  if (refusals >= 2) return leave({ ...link, refusals: 0 }, { kind: "needs-auth", reason });
  return open({ ...link, refusals }, context);
}

function due(link: Link, context: LinkContext): LinkStep {
  const { state } = link;
  const at = linkDueAt(state);
  if (at === undefined || context.now < at) return stay(link);
  if (!hasSocket(state)) return open(link, context);
  const loss: Loss = { local: false, spreadMs: undefined, hidden: false };
  return lose(link, "connect-timeout", loss, context);
}
