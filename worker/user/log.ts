import { isCountable } from "../../protocol/entries.ts";
import { follow } from "../../protocol/follow.ts";
import type { Append, LogEntry, Verdict } from "../../protocol/hand-offs.ts";
import { isChange, refuseChange } from "../core/changes.ts";
import { changesAtFirst, refuseTtl } from "../core/expiry.ts";
import { fnv1a } from "../core/hash.ts";
import { isGroup } from "../core/home.ts";
import { judge } from "../core/judge.ts";
import { copyReach, isLarge, isLate } from "../core/membership.ts";
import { filesOf } from "../core/message-file.ts";
import { count } from "../core/stats.ts";
import { keepsSilent } from "./distance.ts";
import { loosenFiles } from "./file-sweep.ts";
import { follower } from "./followers.ts";
import { oweMarks } from "./marks.ts";
import { dropPending } from "./pending.ts";
import { noteRequest, veilOf } from "./people.ts";
import { liveSessions, type Turn } from "./turn.ts";

/** How entries get into a conversation's log: numbered by its home, or copied from it. */

/** The home judges a message and, when it is new and allowed, gives it the next number. */
export function numberAppend(turn: Turn, conversation: string, append: Append): Verdict {
  const { timeline } = turn.memory;
  const { origin, content } = append;
  const about = { device: origin.device, counter: origin.counter };
  const state = timeline.conversation(conversation);
  const judgement = judge(state, append, (wanted) => timeline.findOrigin(conversation, wanted));
  switch (judgement.kind) {
    case "repeat":
      count(turn.memory.stats, "duplicates", ["home"]);
      return { ...about, kind: "accepted", number: judgement.number, at: judgement.at };
    case "gap":
      return { ...about, kind: "gap", have: judgement.have };
    case "conflict":
    case "gone":
      return { ...about, kind: "refused", code: judgement.kind };
    case "refused":
      return { ...about, kind: "refused", code: judgement.code };
    case "new":
      break;
  }
  // Whoever is on their way out numbers nothing any more.
  if (turn.memory.standing.kind !== "here") return { ...about, kind: "refused", code: "gone" };
  if (isChange(content)) {
    const found = timeline.find(conversation, content.target);
    // Whom this user keeps out is judged by what they know, which is the log itself.
    const isOwn = origin.user === turn.memory.me;
    const target = found === undefined || isOwn ? found : timeline.truth(found);
    const edits = target === undefined ? 0 : timeline.edits(target).length;
    const code = refuseChange(content, target, edits, origin.user, turn.now, turn.settings);
    if (code !== null) return { ...about, kind: "refused", code };
  }
  const code = content.kind === "ttl" ? refuseTtl(state) : null;
  if (code !== null) return { ...about, kind: "refused", code };
  count(turn.memory.stats, "accepted", []);
  const number = state.head.number + 1;
  const changes = changesAtFirst(state, content, turn.now);
  appendEntry(turn, conversation, {
    number,
    origin,
    at: turn.now,
    priority: append.priority,
    hash: append.hash,
    body: content,
    ...(changes === null ? {} : { changes }),
  });
  return { ...about, kind: "accepted", number, at: turn.now };
}

/** A copy takes what continues it; duplicates and runs beyond a gap change nothing (rule R3). */
export function copyEntries(turn: Turn, conversation: string, entries: readonly LogEntry[]): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  for (const entry of continuing(turn, conversation, entries, last.number)) {
    const own = entry.origin.user === turn.memory.me;
    if (own) turn.memory.timeline.withdrawFailure(entry.origin);
    appendEntry(turn, conversation, entry);
    if (own) settleOwn(turn, conversation, entry);
  }
}

/**
 * The entries that continue the copy, which ends where this user has left the group. What is late in
 * a copy that has begun anew is one's own, or about what is seen.
 */
function continuing(
  turn: Turn,
  conversation: string,
  entries: readonly LogEntry[],
  to: number,
): readonly LogEntry[] {
  const state = turn.memory.timeline.conversation(conversation);
  const { head, membership } = state;
  if (isGroup(conversation) && membership === undefined) return [];
  const isOut = membership !== undefined && membership.state !== "member";
  const due = isOut ? entries.filter(({ number }) => number <= membership.version) : entries;
  if (isLarge(state)) return due.filter(({ number }) => number > head.number);
  const reach = copyReach(state);
  const own = ({ origin }: LogEntry) => origin.user === turn.memory.me;
  const isTheirs = (one: LogEntry) => own(one) || one.number >= (membership?.from ?? 1);
  const late = due.filter((one) => isTheirs(one) && isLate(state, one.number));
  const run = due.filter(({ number }) => number > reach);
  const verdict = follow(reach, run[0]?.number ?? to, to);
  return verdict.kind === "next" ? [...late, ...run] : late;
}

/** One's own promised message has its number now, whichever way that became known. */
function settleOwn(turn: Turn, conversation: string, entry: LogEntry): void {
  for (const one of turn.memory.pending) {
    const { device, counter } = one.append.origin;
    const same = device === entry.origin.device && counter === entry.origin.counter;
    if (same && one.conversation === conversation) dropPending(turn, one);
  }
}

function appendEntry(turn: Turn, conversation: string, entry: LogEntry): void {
  // Asked before the append: what the other side has is known as of before it.
  follower(turn, conversation);
  const recalled = recalledFiles(turn, conversation, entry);
  const foreign = entry.origin.user !== turn.memory.me;
  const veil = foreign ? veilOf(turn, conversation, entry) : "none";
  if (foreign && veil === "none") noteRequest(turn, conversation, entry.body);
  const wasSilent = keepsSilent(turn, conversation);
  turn.memory.timeline.appendLog(conversation, entry, turn.now, veil);
  loosenFiles(turn, recalled);
  if (foreign) count(turn.memory.stats, "routed", []);
  // Whoever writes to a stranger has let them in.
  else if (wasSilent) oweMarks(turn, conversation);
  if (wasSilent || !foreign || !isCountable(entry.body)) return;
  // What was there before one joined a group is no news.
  const { read } = turn.memory.timeline.conversation(conversation);
  if (entry.number > read && liveSessions(turn).length === 0) {
    const collapseKey = fnv1a(conversation).toString(36);
    turn.effects.push({ kind: "wake", collapseKey, urgency: entry.priority });
  }
}

/** What a recall takes of this user's own files. */
function recalledFiles(turn: Turn, conversation: string, { body }: LogEntry): string[] {
  const { timeline, me } = turn.memory;
  if (body.kind !== "recall") return [];
  const target = timeline.find(conversation, body.target);
  const isOwn = target?.origin.user === me;
  return isOwn && target.body.kind === "file" ? filesOf(target.body) : [];
}
