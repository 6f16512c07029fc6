import type { Priority } from "../../protocol/entries.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import type { Route } from "../../protocol/server-frames.ts";
import { staleAfterMs } from "../../protocol/timing.ts";
import { retryDelayMs, strategyFor } from "../core/delivery.ts";
import { inFlightBytes, type Run, resent, sent } from "../core/feed.ts";
import type { TimelineRow } from "../core/row.ts";
import type { LiveSession } from "../core/session.ts";
import { passageMs } from "../core/slow-link.ts";
import { count } from "../core/stats.ts";
import type { EncodedEntry } from "../recent-rows.ts";
import { routeOf } from "./record.ts";
import { narrow, roomOf } from "./rooms.ts";
import { endSession, isExpired } from "./sessions.ts";
import { liveSessions, type Turn } from "./turn.ts";
import { encode, encodedEntry, entryOf } from "./visible.ts";

/** Feeding devices: contiguous runs of the timeline, as far as each device's window allows. */

/** What a frame takes beside its entries. */
const ENVELOPE_BYTES = 256;
/** Rows looked at for one frame; small entries fill no page. */
const PAGE_ROWS = 512;

export function pumpAll(turn: Turn): void {
  for (const session of liveSessions(turn)) pump(turn, session);
}

/** Sends what the device lacks until it has everything or its window is full. */
function pump(turn: Turn, session: LiveSession): void {
  const { head } = turn.memory.timeline;
  if (session.feed.sent >= head || isStale(turn, session)) return;
  if (isExpired(session, turn.now)) return endSession(turn, session, "unauthenticated");
  while (session.feed.sent < head) {
    const rows = nextRun(turn, session);
    if (rows.length === 0) break;
    pushRun(turn, session, rows);
  }
  pushUrgent(turn, session);
}

/** A device that has been silent for too long is not there: its entries wait for its catch-up. */
export function isStale(turn: Turn, session: LiveSession): boolean {
  const heardAt = Math.max(session.heardAt, turn.host.pingedAt(session.id));
  return turn.now - heardAt > staleAfterMs(session.heartbeatMs);
}

/** Rows that fit the window and one frame; the first always fits when nothing is under way. */
function nextRun(turn: Turn, session: LiveSession): TimelineRow[] {
  const { timeline } = turn.memory;
  const { feed } = session;
  const catchingUp = feed.sent < session.caughtUpAt;
  const room = entryRoom(turn, session, catchingUp);
  const end = catchingUp ? session.caughtUpAt : timeline.head;
  const limit = Math.min(room, end - feed.sent, PAGE_ROWS);
  if (limit <= 0) return [];
  const idle = feed.runs.length === 0;
  let bytes = Math.min(
    roomOf(turn, session) - inFlightBytes(feed),
    turn.settings.pageBytes,
    LIMITS.frameBytes - ENVELOPE_BYTES,
  );
  const rows: TimelineRow[] = [];
  for (const row of timeline.rows(feed.sent + 1, limit)) {
    bytes -= timeline.encoded(row).bytes + 1;
    if (bytes < 0 && !(idle && rows.length === 0)) break;
    rows.push(row);
  }
  return rows;
}

/** Live entries are bound in number too. A device that can't ack gets a window's worth per ping. */
function entryRoom(turn: Turn, session: LiveSession, catchingUp: boolean): number {
  const { windowEntries } = turn.settings;
  if (session.acks) {
    return catchingUp ? PAGE_ROWS : windowEntries - (session.feed.sent - session.feed.have);
  }
  if (turn.host.pingedAt(session.id) > session.unackedSince) session.unacked = 0;
  return windowEntries - session.unacked;
}

function pushRun(turn: Turn, session: LiveSession, rows: readonly TimelineRow[]): void {
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return;
  const route = routeOf(session, { from: first.seq });
  const bytes = sendRows(turn, session, rows, route);
  count(turn.memory.stats, "pushed", [route], rows.length);
  turn.changed.add(session.id);
  if (!session.acks) {
    count(turn.memory.stats, "unconfirmed", [route], rows.length);
    if (session.unacked === 0) session.unackedSince = turn.now;
    session.unacked += rows.length;
    session.feed = { ...session.feed, have: last.seq, sent: last.seq };
    return;
  }
  const passage = passageMs(inFlightBytes(session.feed) + bytes);
  const retryAt = turn.now + delayMs(turn, session, rows, 1) + passage;
  session.feed = sent(session.feed, last.seq, bytes, turn.now, retryAt);
}

/** Sends rows in one frame, or in several where edits have made them larger since; returns bytes. */
function sendRows(
  turn: Turn,
  session: LiveSession,
  rows: readonly TimelineRow[],
  route: Route,
): number {
  const entries = rows.map((row) =>
    session.exceptions.includes(row.seq) ? placeholder(turn, row) : encodedEntry(turn, row),
  );
  let bytes = 0;
  let room = 0;
  let frame: EncodedEntry[] = [];
  for (const entry of entries) {
    if (frame.length > 0 && entry.bytes + 1 > room) {
      bytes += sendFrame(turn, session, frame, route);
      frame = [];
    }
    if (frame.length === 0) room = LIMITS.frameBytes - ENVELOPE_BYTES;
    frame.push(entry);
    room -= entry.bytes + 1;
  }
  return frame.length === 0 ? bytes : bytes + sendFrame(turn, session, frame, route);
}

function sendFrame(
  turn: Turn,
  session: LiveSession,
  entries: readonly EncodedEntry[],
  route: Route,
): number {
  const from = entries[0]?.seq ?? 0;
  const to = entries.at(-1)?.seq ?? 0;
  const caughtUp = to === turn.memory.timeline.head;
  // Entries are encoded once for all devices; only the envelope is put together here.
  const texts = entries.map((entry) => entry.text);
  const text =
    `{"t":"entries","route":"${route}","from":${from},"to":${to},"count":${entries.length},` +
    `"caughtUp":${caughtUp},"entries":[${texts.join(",")}]}`;
  turn.effects.push({ kind: "send", session: session.id, text });
  return utf8Bytes(text);
}

/** Rule R17: what this device refused again and again stands there visibly, and blocks nothing. */
function placeholder(turn: Turn, row: TimelineRow): EncodedEntry {
  return encode({ ...entryOf(turn, row), body: { kind: "placeholder", reason: "refused" } });
}

function delayMs(
  turn: Turn,
  session: LiveSession,
  rows: readonly TimelineRow[],
  attempts: number,
): number {
  const { settings } = turn;
  const { platform, roundTrip } = session;
  const priority = priorityOf(rows);
  return retryDelayMs({ settings, platform, roundTrip, priority }, attempts, turn.random());
}

function priorityOf(rows: readonly TimelineRow[]): Priority {
  if (rows.some((row) => row.priority === "urgent")) return "urgent";
  return rows.every((row) => row.priority === "bulk") ? "bulk" : "normal";
}

/** When the oldest run is due again, counted from now. */
export function nextRetryAt(turn: Turn, session: LiveSession, run: Run): number {
  const rows = turn.memory.timeline.rows(run.from, Math.min(run.to - run.from + 1, 64));
  const passage = passageMs(inFlightBytes(session.feed));
  return turn.now + delayMs(turn, session, rows, run.attempts) + passage;
}

/** The alarm found the ack of the oldest run overdue: push it again, or take the socket for dead. */
export function retryDue(turn: Turn, session: LiveSession): void {
  const { feed } = session;
  const [oldest] = feed.runs;
  if (oldest === undefined || feed.retryAt === null || feed.retryAt > turn.now) return;
  const { maxAttempts, ttlMs } = turn.settings.retry;
  if (isExpired(session, turn.now)) return endSession(turn, session, "unauthenticated");
  if (oldest.attempts >= maxAttempts || turn.now - oldest.firstAt > ttlMs) {
    count(turn.memory.stats, "given_up", ["attempts"], oldest.to - oldest.from + 1);
    return endSession(turn, session, "tooSlow");
  }
  // Past the time by which a live device would have pinged, its entries wait for its return.
  if (isStale(turn, session)) return endSession(turn, session, "tooSlow");
  const rows = turn.memory.timeline.rows(oldest.from, oldest.to - oldest.from + 1);
  sendRows(turn, session, rows, "retry");
  const { kind } = strategyFor(turn.settings, session.platform);
  count(turn.memory.stats, "retries", [oldest.attempts, kind], rows.length);
  const passage = passageMs(inFlightBytes(feed));
  const retryAt = turn.now + delayMs(turn, session, rows, oldest.attempts + 1) + passage;
  session.feed = resent(feed, turn.now, retryAt);
  narrow(turn, session);
  turn.changed.add(session.id);
}

/** Rule R18: an urgent entry need not wait for the backlog before it; its cursor still does. */
function pushUrgent(turn: Turn, session: LiveSession): void {
  const { timeline } = turn.memory;
  const { sent: fed } = session.feed;
  if (!session.acks || fed >= timeline.head) return;
  const from = Math.max(fed + 1, timeline.head - LIMITS.windowEntries);
  // Not a row beyond the newest: that one would be looked for in the store.
  for (const row of timeline.rows(from, timeline.head - from + 1)) {
    const known =
      session.aside.includes(row.seq) || session.urgent.some((one) => one.seq === row.seq);
    if (row.priority !== "urgent" || known || session.urgent.length >= LIMITS.asideEntries)
      continue;
    sendRows(turn, session, [row], "urgent");
    const retryAt = turn.now + delayMs(turn, session, [row], 1);
    session.urgent = [...session.urgent, { seq: row.seq, attempts: 1, retryAt }];
    turn.changed.add(session.id);
  }
}

export function retryUrgent(turn: Turn, session: LiveSession): void {
  if (!session.urgent.some((one) => one.retryAt <= turn.now)) return;
  if (isExpired(session, turn.now)) return endSession(turn, session, "unauthenticated");
  for (const one of session.urgent) {
    const row = one.retryAt <= turn.now ? turn.memory.timeline.row(one.seq) : undefined;
    if (row === undefined) continue;
    const last = one.attempts >= turn.settings.retry.maxAttempts;
    if (!last) sendRows(turn, session, [row], "urgent");
    const attempts = one.attempts + 1;
    const again = { ...one, attempts, retryAt: turn.now + delayMs(turn, session, [row], attempts) };
    session.urgent = session.urgent.flatMap((known) =>
      known.seq === one.seq ? (last ? [] : [again]) : [known],
    );
    turn.changed.add(session.id);
  }
}
