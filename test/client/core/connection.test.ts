import { describe, expect, test } from "vitest";
import { NO_BACKOFF } from "../../../client/core/backoff.ts";
import {
  hasSocket,
  type Link,
  type LinkEffect,
  type LinkEvent,
  type LinkState,
  linkDueAt,
  stepLink,
} from "../../../client/core/connection.ts";

const NOW = 100_000;
const LOSS = { local: false, spreadMs: undefined, hidden: false };

type StateKind = LinkState["kind"];
type EventKind = LinkEvent["kind"];

const STATES: { readonly [Kind in StateKind]: Extract<LinkState, { kind: Kind }> } = {
  idle: { kind: "idle" },
  connecting: { kind: "connecting", attempt: 1, deadline: NOW },
  authenticating: { kind: "authenticating", attempt: 1, deadline: NOW },
  syncing: { kind: "syncing", have: 1, want: 5, since: NOW - 1_000 },
  live: { kind: "live", since: NOW - 1_000 },
  backoff: { kind: "backoff", until: NOW, reason: "server-closed", attempt: 1 },
  offline: { kind: "offline", until: NOW },
  hidden: { kind: "hidden" },
  "needs-auth": { kind: "needs-auth", reason: "unauthenticated" },
  closed: { kind: "closed", reason: "closed" },
};

const EVENTS: { readonly [Kind in EventKind]: Extract<LinkEvent, { kind: Kind }> } = {
  start: { kind: "start" },
  opened: { kind: "opened" },
  welcomed: { kind: "welcomed", have: 1, want: 5 },
  progress: { kind: "progress", have: 5, caughtUp: true },
  lost: { kind: "lost", reason: "server-closed", loss: LOSS },
  refused: { kind: "refused", reason: "unauthenticated" },
  ended: { kind: "ended", reason: "replaced" },
  due: { kind: "due" },
  wake: { kind: "wake" },
  "network-gone": { kind: "network-gone" },
  hide: { kind: "hide" },
  stop: { kind: "stop", reason: "closed" },
};

type Cell = "same" | `${StateKind}` | `${StateKind} ${LinkEffect}`;

/** State × event → next state and effect. A missing cell does not compile. */
const TABLE: Record<StateKind, Record<EventKind, Cell>> = {
  idle: {
    start: "connecting open",
    opened: "same",
    welcomed: "same",
    progress: "same",
    lost: "same",
    refused: "same",
    ended: "same",
    due: "same",
    wake: "same",
    "network-gone": "same",
    hide: "same",
    stop: "closed",
  },
  connecting: {
    start: "same",
    opened: "authenticating hello",
    welcomed: "same",
    progress: "same",
    lost: "backoff drop",
    refused: "connecting open",
    ended: "closed drop",
    due: "backoff drop",
    wake: "same",
    "network-gone": "offline drop",
    hide: "hidden drop",
    stop: "closed drop",
  },
  authenticating: {
    start: "same",
    opened: "same",
    welcomed: "syncing",
    progress: "same",
    lost: "backoff drop",
    refused: "connecting open",
    ended: "closed drop",
    due: "backoff drop",
    wake: "same",
    "network-gone": "offline drop",
    hide: "hidden drop",
    stop: "closed drop",
  },
  syncing: {
    start: "same",
    opened: "same",
    welcomed: "same",
    progress: "live",
    lost: "backoff drop",
    refused: "connecting open",
    ended: "closed drop",
    due: "same",
    wake: "same",
    "network-gone": "offline drop",
    hide: "hidden drop",
    stop: "closed drop",
  },
  live: {
    start: "same",
    opened: "same",
    welcomed: "same",
    progress: "same",
    lost: "backoff drop",
    refused: "connecting open",
    ended: "closed drop",
    due: "same",
    wake: "same",
    "network-gone": "offline drop",
    hide: "hidden drop",
    stop: "closed drop",
  },
  backoff: {
    start: "same",
    opened: "same",
    welcomed: "same",
    progress: "same",
    lost: "same",
    refused: "same",
    ended: "same",
    due: "connecting open",
    wake: "connecting open",
    "network-gone": "offline",
    hide: "hidden",
    stop: "closed",
  },
  offline: {
    start: "same",
    opened: "same",
    welcomed: "same",
    progress: "same",
    lost: "same",
    refused: "same",
    ended: "same",
    due: "connecting open",
    wake: "connecting open",
    "network-gone": "offline",
    hide: "hidden",
    stop: "closed",
  },
  hidden: {
    start: "same",
    opened: "same",
    welcomed: "same",
    progress: "same",
    lost: "same",
    refused: "same",
    ended: "same",
    due: "same",
    wake: "connecting open",
    "network-gone": "same",
    hide: "hidden",
    stop: "closed",
  },
  "needs-auth": {
    start: "same",
    opened: "same",
    welcomed: "same",
    progress: "same",
    lost: "same",
    refused: "same",
    ended: "same",
    due: "same",
    wake: "connecting open",
    "network-gone": "same",
    hide: "same",
    stop: "closed",
  },
  closed: {
    start: "connecting open",
    opened: "same",
    welcomed: "same",
    progress: "same",
    lost: "same",
    refused: "same",
    ended: "same",
    due: "same",
    wake: "same",
    "network-gone": "same",
    hide: "same",
    stop: "same",
  },
};

const CONTEXT = { now: NOW, random: 0.5, connectTimeoutMs: 10_000 };

function linkIn(state: LinkState, refusals = 0): Link {
  return { state, backoff: NO_BACKOFF, refusals };
}

describe("connection", () => {
  for (const [name, state] of Object.entries(STATES)) {
    for (const [kind, event] of Object.entries(EVENTS)) {
      const cell = TABLE[name as StateKind][kind as EventKind];
      test(`${name} × ${kind} → ${cell}`, () => {
        const link = linkIn(state);
        const step = stepLink(link, event, CONTEXT);
        if (cell === "same") {
          expect(step).toEqual({ link, effect: "none" });
          return;
        }
        const [next, effect = "none"] = cell.split(" ");
        expect(step.link.state.kind).toBe(next);
        expect(step.effect).toBe(effect);
      });
    }
  }

  test("a second refusal in a row needs the app's help, a welcome in between does not", () => {
    const once = stepLink(linkIn(STATES.connecting), EVENTS.refused, CONTEXT).link;
    const twice = stepLink(once, EVENTS.refused, CONTEXT);
    expect(twice.link.state).toEqual({ kind: "needs-auth", reason: "unauthenticated" });
    const welcome = stepLink(linkIn(STATES.authenticating, 1), EVENTS.welcomed, CONTEXT).link;
    expect(stepLink(welcome, EVENTS.refused, CONTEXT).link.state.kind).toBe("connecting");
  });

  test("an attempt that takes too long is given up, and every wait has an end", () => {
    for (const state of Object.values(STATES)) {
      const waits = ["connecting", "authenticating", "backoff", "offline"].includes(state.kind);
      expect(linkDueAt(state) !== undefined).toBe(waits);
    }
    const early = { ...CONTEXT, now: NOW - 1 };
    expect(stepLink(linkIn(STATES.connecting), EVENTS.due, early).effect).toBe("none");
    const { link } = stepLink(linkIn(STATES.connecting), EVENTS.due, CONTEXT);
    expect(link.state).toMatchObject({ kind: "backoff", reason: "connect-timeout" });
  });

  test("the attempts start anew after 10 s of connection, not at its opening", () => {
    const tried = { attempt: 7, previousMs: 9_000, immediateAt: 0 };
    const lose = (since: number) => {
      const link = { state: { kind: "live" as const, since }, backoff: tried, refusals: 0 };
      return stepLink(link, EVENTS.lost, CONTEXT).link.backoff.attempt;
    };
    expect(lose(NOW - 9_999)).toBe(8);
    expect(lose(NOW - 10_000)).toBe(1);
  });

  test("up to date at welcome means live at once", () => {
    const step = stepLink(
      linkIn(STATES.authenticating),
      { kind: "welcomed", have: 5, want: 5 },
      CONTEXT,
    );
    expect(step.link.state).toEqual({ kind: "live", since: NOW });
    expect(hasSocket(step.link.state)).toBe(true);
  });
});
