import { progress, type Span } from "../../protocol/expiring.ts";
import { type Due, earlier, mortal, sweepAt } from "../core/expiry.ts";
import { filesOf } from "../core/message-file.ts";
import type { LogRow } from "../core/row.ts";
import { loosenFiles } from "./file-sweep.ts";
import type { Turn } from "./turn.ts";

/**
 * Messages whose time is over. Nothing that leaves this object tells of them (visible.ts); here
 * their rows are blanked, whenever the object is awake and at the latest by its alarm.
 */

/** In one turn and conversation; what is left comes with the next one. */
const ROWS_AT_ONCE = 500;

export function blankExpired(turn: Turn): void {
  const { timeline } = turn.memory;
  for (const conversation of timeline.expiring.over(turn.now)) sweep(turn, conversation);
}

function sweep(turn: Turn, conversation: string): void {
  const { timeline } = turn.memory;
  const over = new Map<number, LogRow>();
  const spans: Span[] = [];
  let due: Due | undefined;
  for (const span of timeline.conversation(conversation).expiring ?? []) {
    const upTo = Math.min(span.to, span.from + ROWS_AT_ONCE - 1);
    const rows = timeline.logFrom(conversation, span.from, upTo).map(mortal);
    const { over: found, rest, dueAt } = progress(span, rows, upTo, turn.now);
    for (const { row } of found) over.set(row.number, row);
    if (rest === undefined || dueAt === undefined) continue;
    spans.push(rest);
    const isMore = dueAt <= turn.now;
    due = earlier(due, { dueAt, sweepAt: isMore ? dueAt : sweepAt(dueAt, span.ttlMs) });
  }
  const rows = [...over.values()];
  timeline.expire(conversation, rows, spans, due);
  const own = rows.filter(({ origin }) => origin.user === turn.memory.me);
  loosenFiles(
    turn,
    own.flatMap(({ body }) => (body.kind === "file" ? filesOf(body) : [])),
  );
}
