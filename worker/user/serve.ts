import type {
  Address,
  ConversationHandOff,
  ConversationReply,
  HandOff,
  HandOffReply,
} from "../../protocol/hand-offs.ts";
import { peerOf } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { exceeds } from "../../protocol/marks.ts";
import { homeOf, isGroup } from "../core/home.ts";
import { OPEN_LANE } from "../core/lane.ts";
import { peerGone } from "./account.ts";
import { follower, isHome, ownMarks } from "./followers.ts";
import { copyEntries, numberAppend } from "./log.ts";
import { hearMarks } from "./marks.ts";
import { serveGroup } from "./membership.ts";
import type { Turn } from "./turn.ts";

/**
 * Another object calls. Everything in it may come twice, late, or again after a lost reply; the
 * answer says how far this side is, and calls nobody (no A → B → A).
 */
export function serve(turn: Turn, call: HandOff): HandOffReply {
  isThere(turn, call.from);
  return { conversations: call.conversations.map((one) => serveOne(turn, call.from, one)) };
}

/** Who calls can be called: what was held back after failures goes at the end of this turn. */
function isThere(turn: Turn, from: Address): void {
  const state = turn.memory.lanes.get(from);
  if (state !== undefined && !state.lane.inFlight) state.lane = OPEN_LANE;
}

function serveOne(turn: Turn, from: string, one: ConversationHandOff): ConversationReply {
  const { conversation } = one;
  const { memory } = turn;
  if (memory.standing.kind === "gone") return { conversation, have: 0, refused: "gone" };
  if (isGroup(conversation)) return serveFromGroup(turn, from, one);
  const peer = peerOf(conversation, memory.me);
  const stranger = peer === undefined || from !== `user:${peer}`;
  if (stranger || isUnknown(turn)) return { conversation, have: 0, refused: "not-found" };
  // Whom this user has never met need not be told that the account ends: it has for them.
  const isMet = memory.timeline.conversation(conversation).touched.seq > 0;
  if (memory.standing.kind !== "here" && !isMet) return { conversation, have: 0, refused: "gone" };
  const reply = isHome(turn, conversation) ? serveMember(turn, one) : serveHome(turn, one);
  // Marks come last: they may stand on what this very call has brought.
  if (one.marks !== undefined) hearMarks(turn, conversation, one.marks);
  // Not before the copy is whole: what is missing would never come.
  const goneKept = one.gone === true && reply.have >= one.have;
  if (goneKept) peerGone(turn, conversation);
  const marks = ownMarks(turn, conversation);
  const kept = memory.timeline.conversation(conversation).peer;
  return {
    ...reply,
    ...(exceeds(marks, follower(turn, conversation).told) ? { marks } : {}),
    ...(one.marks === undefined ? {} : { kept }),
    ...(goneKept ? { goneKept } : {}),
  };
}

/** Nobody may be written to here who has never signed in. */
function isUnknown({ settings, memory }: Turn): boolean {
  return settings.recipients === "known" && !memory.known;
}

function serveFromGroup(turn: Turn, from: string, one: ConversationHandOff): ConversationReply {
  const { conversation } = one;
  if (from !== homeOf(conversation) || isUnknown(turn)) {
    return { conversation, have: 0, refused: "not-found" };
  }
  return serveGroup(turn, one);
}

/** A member asks its home: number what it appends, and send it what it lacks. */
function serveMember(turn: Turn, one: ConversationHandOff): ConversationReply {
  const { conversation, append = [] } = one;
  const { timeline } = turn.memory;
  const known = follower(turn, conversation);
  known.have = Math.min(one.have, timeline.conversation(conversation).head.number);
  const verdicts = append.map((message) => numberAppend(turn, conversation, message));
  const { number } = timeline.conversation(conversation).head;
  const { pageBytes } = turn.settings;
  const entries = timeline.log(conversation, one.have + 1, LIMITS.handOffEntries, pageBytes);
  const reached = entries.at(-1)?.number ?? one.have;
  // The answer may be lost: until the caller's own word comes, the alarm stands behind it.
  known.sure = entries.length === 0;
  return {
    conversation,
    have: number,
    ...(verdicts.length > 0 ? { verdicts } : {}),
    ...(entries.length > 0 ? { entries } : {}),
    ...(reached < number ? { more: true } : {}),
  };
}

/** The home brings entries: take those that continue the copy. */
function serveHome(turn: Turn, one: ConversationHandOff): ConversationReply {
  const { conversation, replicate = [] } = one;
  copyEntries(turn, conversation, replicate);
  return { conversation, have: turn.memory.timeline.conversation(conversation).head.number };
}
