import * as v from "valibot";
import { contentSchema } from "../../protocol/entries.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { formatMessageId } from "../../protocol/ids.ts";
import { failingMs, OPEN_LANE } from "../core/lane.ts";
import type { TimelineRow } from "../core/row.ts";
import { count } from "../core/stats.ts";
import { doubt, dueAt, follower, isHome, laneTo, otherSide, owed } from "./followers.ts";
import type { Turn } from "./turn.ts";

/** Given-up messages that an operator is told, newest first. */
export const FAILED_TOLD = 100;

/**
 * Rule R10: what can't be handed over ends some day, and not in silence. Messages that this home has
 * numbered and the other side will not take become `failed` entries of their sender.
 */
export function giveUp(turn: Turn, conversation: string, code: ErrorCode): void {
  const { timeline } = turn.memory;
  const known = follower(turn, conversation);
  if (isHome(turn, conversation)) {
    const { head, givenUp } = timeline.conversation(conversation);
    for (let number = Math.max(known.have, givenUp) + 1; number <= head.number; number++) {
      failNumbered(turn, conversation, number, code);
    }
    // The next message asks again, and the other side's own word counts then.
    known.have = head.number;
  }
  known.sure = true;
  known.owedMarks = false;
  const address = otherSide(turn, conversation);
  if (address !== undefined) laneTo(turn, address).due.delete(conversation);
}

function failNumbered(turn: Turn, conversation: string, number: number, code: ErrorCode): void {
  const { timeline, me, stats } = turn.memory;
  const row = timeline.find(conversation, number);
  const content = v.safeParse(contentSchema, row?.body);
  if (row === undefined || row.origin.user !== me || !content.success) return;
  const body = { kind: "failed", code, number, content: content.output } as const;
  timeline.appendPrivate(conversation, body, turn.now, row.origin);
  count(stats, "given_up", ["hand-off"]);
}

/**
 * Offers what was given up to the other side again, for as long as any hand-off is tried. Only for what this home has numbered: it
 * still stands in the log, its number keeps it from arriving twice, and the conversation's next
 * message would take it along anyway. So its sender, who was told `failed`, sees it delivered after
 * all. A promise without a number has lost its place in its sender's order: what was written behind
 * it may have been accepted since. Only the sender's own device can say it anew.
 */
export function replay(turn: Turn, id: string): boolean {
  const row = turn.store
    .failedRows(FAILED_TOLD)
    .find(({ origin }) => origin !== null && formatMessageId(origin) === id);
  if (row === undefined || !mayReplay(turn, row)) return false;
  const address = otherSide(turn, row.conversation);
  if (address === undefined) return false;
  doubt(turn, row.conversation);
  dueAt(turn, row.conversation);
  const state = laneTo(turn, address);
  if (!state.lane.inFlight) state.lane = OPEN_LANE;
  return true;
}

/** Whether what was given up here may still be taken by the other side. */
export function mayReplay(turn: Turn, { body, conversation }: TimelineRow): boolean {
  if (body.kind !== "failed" || body.number === undefined) return false;
  const { peer } = turn.memory.timeline.conversation(conversation);
  return isHome(turn, conversation) && peer.delivered < body.number;
}

/** What has been tried for longer than its time, and still is out of reach. */
export function expireOwed(turn: Turn): void {
  const { timeline } = turn.memory;
  for (const conversation of owed(turn)) {
    const address = otherSide(turn, conversation);
    if (address === undefined) continue;
    const { lane } = laneTo(turn, address);
    if (lane.failures === 0) continue;
    const known = follower(turn, conversation);
    const oldest = isHome(turn, conversation)
      ? timeline.find(conversation, known.have + 1)?.keptAt
      : undefined;
    // A mark may be younger than the message it stands on: a device has come back and acked it.
    const since = oldest ?? Math.max(timeline.conversation(conversation).touched.at, seenAt(turn));
    // After waking it may only seem to lack what is old: its word counts, unless it can't be had.
    const triedMs = Math.min(turn.now - since, failingMs(lane, turn.now));
    if (triedMs > turn.settings.handOffTtlMs) giveUp(turn, conversation, "expired");
  }
}

/** When any device of this user was last there. */
function seenAt(turn: Turn): number {
  const sessions = [...turn.memory.sessions.values()].map((session) =>
    session.phase === "live" ? session.heardAt : 0,
  );
  return Math.max(0, ...sessions, ...turn.store.devices().map((device) => device.seenAt));
}
