import type { ClientFrame, SubmitItem } from "../../protocol/client-frames.ts";
import { type Body, isCountable } from "../../protocol/entries.ts";
import type { ProtocolError } from "../../protocol/errors.ts";
import type { LogEntry } from "../../protocol/hand-offs.ts";
import { parseConversation, peerOf } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { isChange } from "../core/changes.ts";
import { isGroup } from "../core/home.ts";
import { notesOf } from "../core/people.ts";
import { type Bucket, fullBucket, take } from "../core/rate.ts";
import type { LiveSession } from "../core/session.ts";
import type { Veil } from "../timeline.ts";
import { isBlocked, peopleIn } from "./distance.ts";
import { isHome } from "./followers.ts";
import { askShunned, beginningsIn } from "./invitations.ts";
import { oweMarks } from "./marks.ts";
import { stopsWatching } from "./presence.ts";
import { refuse, send, type Turn } from "./turn.ts";

/** Rule R16: whom this user keeps out. They are not told, and notice nothing. */

const DAY_S = 86_400;

type Frame<T extends ClientFrame["t"]> = Extract<ClientFrame, { t: T }>;

/**
 * Whether this user sees what the other one has said. Of whoever is kept out nothing but a recall is
 * seen, for that only takes away; what is said about something unseen is unseen too. In a group that
 * is an edit of what was said before one came: a recall would not find it here.
 */
export function veilOf(turn: Turn, conversation: string, { body, origin }: LogEntry): Veil {
  const target = isChange(body) ? turn.memory.timeline.find(conversation, body.target) : undefined;
  if (parseConversation(conversation)?.kind !== "direct") {
    return body.kind === "edit" && target === undefined ? "dropped" : "none";
  }
  const isAboutUnseen = target?.body.kind === "withheld";
  const isKeptOut = body.kind !== "recall" && isBlocked(turn, origin.user);
  if (!isAboutUnseen && !isKeptOut) return "none";
  return isHome(turn, conversation) ? "kept" : "dropped";
}

export function block(turn: Turn, session: LiveSession, frame: Frame<"block">): void {
  const { ref, user, on } = frame;
  const { me, timeline } = turn.memory;
  const notes = notesOf(me);
  const blocked = timeline.conversation(notes).people?.blocked ?? [];
  if (user === me) {
    return refuse(turn, session.id, "bad-field", {
      of: "block",
      ref,
      field: "user",
      rule: "other",
    });
  }
  if (on && !blocked.includes(user) && blocked.length >= LIMITS.blockedUsers) {
    const rule = `max-length:${LIMITS.blockedUsers}`;
    return refuse(turn, session.id, "too-big", { of: "block", ref, rule });
  }
  if (on !== blocked.includes(user)) {
    timeline.appendPrivate(notes, { kind: "blocked", user, on }, turn.now);
    oweMarksTo(turn, user);
    if (on) stopsWatching(turn, user);
    else askShunned(turn);
  }
  send(turn, session.id, { t: "done", ref });
}

/** Marks that were kept back are told from now on. */
function oweMarksTo(turn: Turn, user: string): void {
  for (const { conversation } of turn.memory.timeline.conversations()) {
    if (peerOf(conversation, turn.memory.me) === user) oweMarks(turn, conversation);
  }
}

/** Why this user may not say something here now; changes to what was said are always theirs. */
export function refuseToWrite(
  turn: Turn,
  conversation: string,
  item: SubmitItem,
): ProtocolError | null {
  const { me } = turn.memory;
  const { body } = item;
  const beginnings = isGroup(conversation) ? beginningsIn(item) : 0;
  if (beginnings > 0) return refuseToBegin(turn, beginnings);
  const peer = peerOf(conversation, me);
  if (peer === undefined || peer === me) return null;
  if (peopleIn(turn, conversation)?.gone === true) return { code: "gone", rule: "account-deleted" };
  if (isChange(body)) return null;
  if (isBlocked(turn, peer)) return { code: "not-allowed", rule: "blocked" };
  return isBeginning(turn, conversation) ? refuseToBegin(turn, 1) : null;
}

function isBeginning(turn: Turn, conversation: string): boolean {
  const { timeline, pending, lanes } = turn.memory;
  if (timeline.conversation(conversation).head.number > 0) return false;
  const isHere = (one: { readonly conversation: string }) => one.conversation === conversation;
  const underWay = [...lanes.values()].flatMap(({ batch, waiting }) => [
    ...waiting,
    ...(batch?.waiting ?? []),
  ]);
  return ![...pending, ...underWay].some(isHere);
}

/** Whoever writes to ever more strangers is slowed down; kept in a fact, or sleep would forgive it. */
function refuseToBegin(turn: Turn, beginnings: number): ProtocolError | null {
  const burst = turn.settings.newConversationsPerDay;
  const rate = { burst, perSecond: burst / DAY_S };
  const saved = turn.store.fact("beginnings");
  const bucket = saved === undefined ? fullBucket(rate, turn.now) : (JSON.parse(saved) as Bucket);
  const taken = take(bucket, rate, beginnings, turn.now);
  if (!taken.ok) {
    return { code: "rate", rule: "new-conversations", retryAfterMs: taken.retryAfterMs };
  }
  turn.store.setFact("beginnings", JSON.stringify(taken.bucket));
  return null;
}

/** Rule R16: a stranger's first words are a request, and wait for an answer. */
export function noteRequest(turn: Turn, conversation: string, body: Body): void {
  const { memory } = turn;
  if (memory.preferences.writers === "everyone" || !isCountable(body)) return;
  const { own } = memory.timeline.conversation(conversation);
  const isKnown = own > 0 || (peopleIn(turn, conversation)?.request ?? null) !== null;
  if (isKnown || parseConversation(conversation)?.kind !== "direct") return;
  memory.timeline.appendPrivate(conversation, { kind: "request", state: "pending" }, turn.now);
}

export function answerRequest(
  turn: Turn,
  session: LiveSession,
  frame: Frame<"answer-request">,
): void {
  const { ref, conversation, accept } = frame;
  const request = peopleIn(turn, conversation)?.request ?? null;
  const about = { of: frame.t, ref };
  if (request === null) return refuse(turn, session.id, "not-found", about);
  // What was told since cannot be taken back.
  if (request === "accepted" && !accept) return refuse(turn, session.id, "not-allowed", about);
  const state = accept ? "accepted" : "declined";
  if (request !== state) {
    turn.memory.timeline.appendPrivate(conversation, { kind: "request", state }, turn.now);
    oweMarks(turn, conversation);
  }
  send(turn, session.id, { t: "done", ref });
}
