import { learn } from "../core/delivery.ts";
import { acked, type Run, rewind } from "../core/feed.ts";
import { isPoison, strike } from "../core/poison.ts";
import type { LiveSession } from "../core/session.ts";
import { count, sample } from "../core/stats.ts";
import { addException } from "./devices.ts";
import { noteDelivered } from "./marks.ts";
import { nextRetryAt } from "./push.ts";
import { noteInterrupted, noteRun, routeOf } from "./record.ts";
import { widen } from "./rooms.ts";
import { floorOf } from "./state.ts";
import { refuse, type Turn } from "./turn.ts";

/** Rule R5: only the device's ack is a delivery, and it says "stored and handled". */

const IN_TIME_MS = 10_000;

export function ack(turn: Turn, session: LiveSession, seq: number, aside: readonly number[]): void {
  if (seq > session.feed.sent) {
    return refuse(turn, session.id, "beyond-sent", { of: "ack", field: "seq" });
  }
  turn.changed.add(session.id);
  session.aside = aside.filter((one) => one > seq && one <= turn.memory.timeline.head);
  session.urgent = session.urgent.filter((one) => one.seq > seq && !aside.includes(one.seq));
  if (seq > session.acked) {
    session.acked = seq;
    noteDelivered(turn, seq, session.exceptions);
  }
  if (seq <= session.feed.have) return;
  const open = session.feed.runs.find((run) => run.to > seq);
  const retryAt = open === undefined ? 0 : nextRetryAt(turn, session, open);
  const { feed, done } = acked(session.feed, seq, retryAt);
  session.feed = feed;
  for (const run of done) noteAcked(turn, session, run);
}

function noteAcked(turn: Turn, session: LiveSession, run: Run): void {
  const tookMs = turn.now - run.firstAt;
  const entries = run.to - run.from + 1;
  const { stats } = turn.memory;
  const route = routeOf(session, run);
  // Karn's rule: the ack of a run that was sent twice says nothing about the round trip.
  if (run.attempts === 1) {
    session.roundTrip = learn(session.roundTrip, tookMs);
    widen(turn, session, tookMs);
  }
  noteRun(session, run, turn.now);
  const label =
    route === "catch-up" ? route : run.attempts > 1 ? `retry-${run.attempts - 1}` : "push";
  count(stats, "acked", [label], entries);
  sample(stats, "ack_ms", [], tookMs);
  if (route === "live" && tookMs <= IN_TIME_MS) count(stats, "acked_in_time", [], entries);
  if (label !== "push") {
    const keptAt = turn.memory.timeline.row(run.from)?.keptAt ?? run.firstAt;
    // What is older than the device could not be stored there earlier.
    const addedAt = turn.store.device(session.device)?.addedAt ?? 0;
    if (keptAt >= addedAt) sample(stats, "compensation_ms", [label], turn.now - keptAt);
  }
}

/** The device can't take the head of its feed. Said often enough, it gets a placeholder (R17). */
export function nack(turn: Turn, session: LiveSession, seq: number): void {
  if (seq !== session.feed.have + 1 || seq > session.feed.sent) {
    return refuse(turn, session.id, "bad-field", {
      of: "nack",
      field: "seq",
      rule: "head-of-feed",
    });
  }
  count(turn.memory.stats, "nacks", []);
  turn.changed.add(session.id);
  session.strikes = strike(session.strikes, seq, turn.now);
  if (!isPoison(session.strikes)) return;
  session.strikes = null;
  count(turn.memory.stats, "placeholders", []);
  session.exceptions = addException(turn, session.device, seq);
  noteInterrupted(turn, session);
  session.feed = rewind(session.feed.have);
}

/**
 * Taken as it is; a lower one rewinds the feed, never a mark (R6). Unlike hello's cursor it is no ack:
 * what a device has stored it may not have handled.
 */
export function sync(turn: Turn, session: LiveSession, cursor: number): void {
  // A session that began above the floor may go on from where it is, wherever the floor is now.
  const oldest = Math.min(floorOf(turn), session.feed.have);
  if (cursor > turn.memory.timeline.head || cursor < oldest) {
    return refuse(turn, session.id, "bad-field", {
      of: "sync",
      field: "cursor",
      rule: "floor-to-head",
    });
  }
  noteInterrupted(turn, session);
  session.feed = rewind(cursor);
  // What a client that can't ack says it has is no longer on its way.
  session.unacked = 0;
  turn.changed.add(session.id);
}
