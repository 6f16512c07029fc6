import type { ClientFrame } from "../../protocol/client-frames.ts";
import { decodeClientFrame, type Refused } from "../../protocol/codec.ts";
import { take } from "../core/rate.ts";
import type { LiveSession, Session } from "../core/session.ts";
import { ack, nack, sync } from "./acks.ts";
import { removeException } from "./devices.ts";
import { historyPage } from "./history.ts";
import { haveLog } from "./large-groups.ts";
import { markRead } from "./marks.ts";
import { answerRequest, block } from "./people.ts";
import { arrange, keepDraft, setFolders } from "./personal.ts";
import { typing, watch } from "./presence.ts";
import { endSession, hello, isExpired } from "./sessions.ts";
import { sendSnapshot } from "./state.ts";
import { submit } from "./submit.ts";
import { answer, refuse, send, type Turn } from "./turn.ts";
import { entryOf, knowsConversation, takesPart } from "./visible.ts";

/** Frames of devices: who may say what when. Nothing here throws on what a client sends (R14). */

/** After this many unreadable frames on one socket it is closed. */
const MALFORMED_FRAMES = 20;
/** After this many warnings about the rate the socket is closed. */
const RATE_WARNINGS = 50;
/** Acks are what keeps the feed going: they weigh little. */
const ACK_COST = 0.1;
/** Each asks another object. */
const WATCH_COST = 0.25;

export function takeFrame(turn: Turn, session: Session, text: string): void {
  if (isExpired(session, turn.now)) {
    refuse(turn, session.id, "unauthenticated", { rule: "token-expired" });
    return endSession(turn, session, "unauthenticated");
  }
  const decoded = decodeClientFrame(text);
  if (!decoded.ok) return refuseFrame(turn, session, decoded);
  const { frame } = decoded;
  if (frame.t === "hello") return hello(turn, session, frame);
  if (session.phase === "waiting") return refuse(turn, session.id, "not-ready", { of: frame.t });
  session.heardAt = turn.now;
  turn.changed.add(session.id);
  if (withinRate(turn, session, frame)) obey(turn, session, frame);
}

function refuseFrame(turn: Turn, session: Session, refused: Refused): void {
  const { code, ...detail } = refused.error;
  const about = {
    ...detail,
    ...(refused.of === undefined ? {} : { of: refused.of }),
    ...(refused.ref === undefined ? {} : { ref: refused.ref }),
  };
  refuse(turn, session.id, code, about);
  if (code === "too-big") return endSession(turn, session, "tooBig");
  if (session.phase === "waiting") return endSession(turn, session, "badFrame");
  session.malformed += 1;
  turn.changed.add(session.id);
  if (session.malformed > MALFORMED_FRAMES) endSession(turn, session, "badFrame");
}

function withinRate(turn: Turn, session: LiveSession, frame: ClientFrame): boolean {
  const rate = { burst: turn.settings.rateBurst, perSecond: turn.settings.ratePerSecond };
  const taken = take(session.bucket, rate, costOf(frame), turn.now);
  if (taken.ok) {
    session.bucket = taken.bucket;
    return true;
  }
  const { retryAfterMs } = taken;
  session.warnings += 1;
  if (session.warnings > RATE_WARNINGS) {
    endSession(turn, session, "rate");
  } else if (frame.t === "submit") {
    for (const { conversation, counter } of frame.items) {
      answer(turn, session.id, { conversation, counter, error: { code: "rate", retryAfterMs } });
    }
  } else {
    const about = "ref" in frame ? { ref: frame.ref } : {};
    refuse(turn, session.id, "rate", { of: frame.t, retryAfterMs, ...about });
  }
  return false;
}

function costOf(frame: ClientFrame): number {
  if (frame.t === "submit") return frame.items.length;
  if (frame.t === "watch") return 1 + frame.users.length * WATCH_COST;
  return frame.t === "ack" ? ACK_COST : 1;
}

function obey(turn: Turn, session: LiveSession, frame: Exclude<ClientFrame, { t: "hello" }>): void {
  switch (frame.t) {
    case "submit":
      return submit(turn, session, frame.items);
    case "ack":
      return ack(turn, session, frame.seq, frame.aside ?? []);
    case "nack":
      return nack(turn, session, frame.seq);
    case "sync":
      return sync(turn, session, frame.cursor);
    case "read":
      return read(turn, session, frame.conversation, frame.number);
    case "history":
      return history(turn, session, frame);
    case "snapshot":
      return sendSnapshot(turn, session, frame.ref, frame.after);
    case "arrange":
      return arrange(turn, session, frame);
    case "folders":
      return setFolders(turn, session, frame);
    case "draft":
      return keepDraft(turn, session, frame);
    case "block":
      return block(turn, session, frame);
    case "answer-request":
      return answerRequest(turn, session, frame);
    case "typing":
      return typing(turn, session, frame);
    case "watch":
      return watch(turn, session, frame);
    case "have":
      return haveLog(turn, session, frame);
    case "retry-entry":
      return retryEntry(turn, session, frame.seq);
    case "renew":
      turn.effects.push({
        kind: "verify",
        session: session.id,
        ref: frame.ref,
        token: frame.token,
      });
      return;
    case "pace":
      session.heartbeatMs = frame.heartbeatMs;
      return;
  }
}

function read(turn: Turn, session: LiveSession, conversation: string, number: number): void {
  if (!takesPart(turn, conversation)) return refuse(turn, session.id, "not-found", { of: "read" });
  markRead(turn, conversation, number);
}

function history(
  turn: Turn,
  session: LiveSession,
  frame: Extract<ClientFrame, { t: "history" }>,
): void {
  const { ref, conversation } = frame;
  if (!knowsConversation(turn, conversation)) {
    return refuse(turn, session.id, "not-found", { of: "history", ref });
  }
  const page = historyPage(turn, conversation, frame);
  send(turn, session.id, { t: "history", ref, conversation, ...page });
}

/** The person wants to try a poisoned entry once more: it comes alone and replaces its stub. */
function retryEntry(turn: Turn, session: LiveSession, seq: number): void {
  const row = turn.memory.timeline.row(seq);
  if (row === undefined || !session.exceptions.includes(seq)) {
    return refuse(turn, session.id, "not-found", { of: "retry-entry", field: "seq" });
  }
  session.exceptions = removeException(turn, session.device, seq);
  const entries = [entryOf(turn, row)];
  send(turn, session.id, {
    t: "entries",
    route: "retry",
    from: seq,
    to: seq,
    count: 1,
    caughtUp: false,
    entries,
  });
}
