import * as v from "valibot";
import { contentSchema } from "../../protocol/entries.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { failingMs } from "../core/lane.ts";
import { count } from "../core/stats.ts";
import { follower, isHome, laneTo, otherSide, owed } from "./followers.ts";
import type { Turn } from "./turn.ts";

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
