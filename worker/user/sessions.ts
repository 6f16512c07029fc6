import type { Hello } from "../../protocol/client-frames.ts";
import type { CloseName } from "../../protocol/close-codes.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { TIMING } from "../../protocol/timing.ts";
import { PROTOCOL_FLOOR, PROTOCOL_VERSION } from "../../protocol/version.ts";
import { canAck } from "../core/delivery.ts";
import { newFeed } from "../core/feed.ts";
import { fullBucket } from "../core/rate.ts";
import type { LiveSession, Session } from "../core/session.ts";
import { count, sample } from "../core/stats.ts";
import type { SocketGrant } from "../requests.ts";
import { strikeDevice } from "./devices.ts";
import { announce } from "./large-groups.ts";
import { noteDelivered } from "./marks.ts";
import { noteLeft } from "./presence.ts";
import { flushSession, gaveUp } from "./record.ts";
import { noteUnfinished } from "./rooms.ts";
import { floorOf, sendSnapshot } from "./state.ts";
import { refuse, send, type Turn } from "./turn.ts";

/** A push that has been out for this long without an ack counts as a strike when the socket ends. */
const STRIKE_AFTER_MS = 5_000;

/** A socket was opened with a ticket that the Worker found valid; whether it was used is known here. */
export function openSession(turn: Turn, id: string, grant: SocketGrant): void {
  const { memory } = turn;
  const row = turn.store.device(grant.device);
  const session: Session = {
    phase: "waiting",
    id,
    device: grant.device,
    openedAt: turn.now,
    ticketNumber: grant.ticketNumber,
    nextTicket: grant.nextTicket,
    network: grant.network,
    expiresAt: grant.expiresAt,
  };
  memory.sessions.set(id, session);
  turn.changed.add(id);
  if (memory.standing.kind !== "here") {
    refuse(turn, id, "gone", { rule: "account-deleted" });
    return endSession(turn, session, "revoked");
  }
  if (row?.revokedAt != null) return endSession(turn, session, "revoked");
  const used = [...memory.sessions.values()]
    .filter((other) => other.id !== id && other.device === grant.device)
    .map((other) => other.ticketNumber);
  const last = row?.ticketNumber ?? retiredTicket(turn);
  if (grant.ticketNumber <= Math.max(last, ...used)) {
    refuse(turn, id, "unauthenticated", { rule: "ticket-used" });
    endSession(turn, session, "unauthenticated");
  }
}

/** Closes a socket and forgets its session: whatever it still sends changes nothing. */
export function endSession(turn: Turn, session: Session, name: CloseName): void {
  turn.effects.push({ kind: "close", session: session.id, name });
  forgetSession(turn, session);
}

/** The socket is gone. What the session knew goes into rows. */
export function forgetSession(turn: Turn, session: Session): void {
  turn.memory.sessions.delete(session.id);
  turn.changed.delete(session.id);
  if (session.phase === "waiting") return;
  noteLeft(turn, session);
  // Of a socket that closed while its object slept, memory knows nothing: its acks are news.
  if (session.acks) noteDelivered(turn, session.acked, session.exceptions);
  noteUnfinished(turn, session);
  gaveUp(turn, session);
  flushSession(turn, session);
  noteStrike(turn, session);
}

/** Rule R17: a device that was pushed to and ended without getting past the head of its feed. */
function noteStrike(turn: Turn, session: LiveSession): void {
  const [oldest] = session.feed.runs;
  if (!session.acks || oldest === undefined) return;
  if (turn.now - oldest.firstAt < STRIKE_AFTER_MS) return;
  strikeDevice(turn, session.device, session.feed.have + 1);
}

/** Hello makes the session the device's own, and its cursor the place where the feed goes on. */
export function hello(turn: Turn, session: Session, frame: Hello): void {
  if (session.phase === "live") {
    return refuse(turn, session.id, "bad-frame", { of: "hello", rule: "hello-once" });
  }
  if (frame.version < PROTOCOL_FLOOR) return endSession(turn, session, "outdated");
  const row = turn.store.device(session.device);
  if (frame.epoch !== undefined && frame.epoch < (row?.epoch ?? 0)) {
    return endSession(turn, session, "replaced");
  }
  replaceOthers(turn, session);
  if (row === undefined) makeRoom(turn);
  const { timeline } = turn.memory;
  const floor = floorOf(turn);
  const resume = resumeAt(turn, frame.cursor, floor);
  const live = goLive(turn, session, frame, resume);
  turn.memory.sessions.set(live.id, live);
  turn.changed.add(live.id);
  saveDevice(turn, live, frame);
  becomeKnown(turn);
  count(turn.memory.stats, "connects", [frame.cause]);
  sample(turn.memory.stats, "heartbeat_ms", [], frame.heartbeatMs);
  noteDelivered(turn, live.acked, live.exceptions);
  send(turn, live.id, {
    t: "welcome",
    version: PROTOCOL_VERSION,
    user: turn.memory.me,
    device: live.device,
    session: live.id,
    serverTime: turn.now,
    head: timeline.head,
    floor,
    cursor: resume.cursor,
    reset: resume.reset,
    counter: timeline.counter(live.device),
    expiresAt: live.expiresAt,
    ticket: live.nextTicket,
    network: live.network,
    ackDelayMs: turn.settings.ackDelayMs,
    ackMaxMs: turn.settings.ackMaxMs,
  });
  if (resume.reset) sendSnapshot(turn, live, undefined, undefined);
  announce(turn);
}

/** The user exists from the first sign-in on: strangers may write from then (policy). */
export function becomeKnown(turn: Turn): void {
  if (turn.memory.known) return;
  turn.memory.known = true;
  turn.store.setFact("known", String(turn.now));
}

/** Rule R6: hello's cursor is taken as it is between floor and head; anything else is a reset. */
function resumeAt(turn: Turn, cursor: number | null, floor: number) {
  const { head } = turn.memory.timeline;
  if (cursor === null) {
    // What is new begins with a large group where that is now, and not at its first entry.
    const { largeGroups } = turn.memory;
    const small = floor === 0 && head <= turn.settings.freshEntries && largeGroups.size === 0;
    return small ? { cursor: 0, reset: false } : { cursor: head, reset: true };
  }
  if (cursor >= floor && cursor <= head) return { cursor, reset: false };
  return { cursor: head, reset: true };
}

/** What a device that is told to reset had handled until then: its last acks may have been lost here. */
function ackedBefore(turn: Turn, cursor: number | null, kept: number): number {
  return cursor === null || cursor > turn.memory.timeline.head ? kept : Math.max(cursor, kept);
}

/** One live session per device: an older one is told so and its late frames change nothing. */
function replaceOthers(turn: Turn, session: Session): void {
  for (const other of [...turn.memory.sessions.values()]) {
    if (other.device !== session.device || other.id === session.id) continue;
    if (other.ticketNumber < session.ticketNumber) endSession(turn, other, "replaced");
  }
}

/** An eleventh device retires the one that has been offline longest. */
function makeRoom(turn: Turn): void {
  const devices = turn.store.devices().filter((device) => device.revokedAt === null);
  if (devices.length < LIMITS.devicesPerUser) return;
  const online = new Set([...turn.memory.sessions.values()].map((session) => session.device));
  const [oldest] = devices
    .filter((device) => !online.has(device.device))
    .sort((a, b) => a.seenAt - b.seenAt);
  const retired = oldest ?? devices.sort((a, b) => a.seenAt - b.seenAt)[0];
  if (retired === undefined) return;
  for (const session of [...turn.memory.sessions.values()]) {
    if (session.device === retired.device) endSession(turn, session, "revoked");
  }
  turn.store.deleteDevice(retired.device);
  const ticket = Math.max(retiredTicket(turn), retired.ticketNumber);
  turn.store.setFact("retiredTicket", String(ticket));
}

/** Tickets up to here may have been used by devices of which no row is left. */
function retiredTicket(turn: Turn): number {
  return Number(turn.store.fact("retiredTicket") ?? 0);
}

function goLive(
  turn: Turn,
  session: Session,
  frame: Hello,
  resume: { readonly cursor: number; readonly reset: boolean },
): LiveSession {
  const { now, settings } = turn;
  const row = turn.store.device(session.device);
  return {
    phase: "live",
    id: session.id,
    device: session.device,
    openedAt: session.openedAt,
    ticketNumber: session.ticketNumber,
    nextTicket: session.nextTicket,
    network: session.network,
    expiresAt: session.expiresAt,
    platform: frame.app.platform,
    cause: frame.cause,
    epoch: frame.epoch ?? 0,
    acks: canAck(frame.capabilities, frame.app.version, settings.minAckVersion),
    heartbeatMs: frame.heartbeatMs,
    feed: newFeed(resume.cursor),
    acked: resume.reset ? ackedBefore(turn, frame.cursor, row?.cursor ?? 0) : resume.cursor,
    caughtUpAt: turn.memory.timeline.head,
    heardAt: now,
    aside: [],
    urgent: [],
    unacked: 0,
    unackedSince: now,
    watching: [],
    watchUntil: 0,
    watchers: [...turn.memory.watchers],
    exceptions: row?.exceptions ?? [],
    strikes: null,
    roundTrip: row?.roundTrip ?? null,
    bucket: fullBucket({ burst: settings.rateBurst, perSecond: settings.ratePerSecond }, now),
    warnings: 0,
    malformed: 0,
    segments: [],
    stats: null,
    isSettled: false,
    unflushed: 0,
    flushedAt: now,
  };
}

/** The one row that a connect writes: it uses up the ticket and keeps the cursor. */
function saveDevice(turn: Turn, session: LiveSession, frame: Hello): void {
  const row = turn.store.device(session.device);
  turn.store.saveDevice({
    device: session.device,
    name: frame.app.name,
    platform: frame.app.platform,
    version: frame.app.version,
    addedAt: row?.addedAt ?? turn.now,
    seenAt: turn.now,
    cursor: session.acked,
    ticketNumber: session.ticketNumber,
    epoch: Math.max(session.epoch, row?.epoch ?? 0),
    roundTrip: session.roundTrip,
    strikes: row?.strikes ?? null,
    exceptions: row?.exceptions ?? [],
    revokedAt: null,
  });
}

/** Rule on identity: expiry is judged at each frame and before each push, never by a timer. */
export function isExpired(session: Session, now: number): boolean {
  return now > session.expiresAt + TIMING.expiryGraceMs;
}
