import type { SubmitItem } from "../../protocol/client-frames.ts";
import type { ErrorCode, ProtocolError } from "../../protocol/errors.ts";
import type { Append, Verdict } from "../../protocol/hand-offs.ts";
import { type Origin, peerOf } from "../../protocol/ids.ts";
import type { SubmitResult } from "../../protocol/server-frames.ts";
import { deviceKey } from "../core/conversation.ts";
import { isManagement } from "../core/group/management.ts";
import { payloadHash } from "../core/hash.ts";
import { isGroup } from "../core/home.ts";
import { mayCall } from "../core/lane.ts";
import type { LiveSession } from "../core/session.ts";
import { count } from "../core/stats.ts";
import type { PendingAppend } from "../user-store.ts";
import { asksFirst, waitsForAnswers } from "./asking.ts";
import { refuseFile } from "./files.ts";
import { dueAt, isHome, laneTo, otherSide } from "./followers.ts";
import { numberAppend } from "./log.ts";
import { keepPending, mayPromise } from "./pending.ts";
import { refuseToWrite } from "./people.ts";
import { conclude } from "./personal.ts";
import { refuseGroupPicture } from "./pictures.ts";
import { answer, type Turn, type Waiting } from "./turn.ts";

/** A message before anybody knows whether it may be promised. */
type Submitted = Omit<Waiting, "coherent">;

/** A device wants something said: each message is judged and answered for itself, in order. */

export function submit(turn: Turn, session: LiveSession, items: readonly SubmitItem[]): void {
  for (const item of items) submitItem(turn, session, item, false);
}

/** `isAdmitted`: those whom it names have been asked. */
export function submitItem(
  turn: Turn,
  session: LiveSession,
  item: SubmitItem,
  isAdmitted: boolean,
): void {
  const { conversation, counter } = item;
  const { me } = turn.memory;
  const code = refuseAtOnce(item, me);
  if (code !== null) return answer(turn, session.id, { conversation, counter, error: { code } });
  const priority = item.priority ?? "normal";
  const append: Append = {
    origin: { user: me, device: session.device, counter },
    prev: item.prev,
    priority,
    hash: payloadHash(item.body, priority),
    content: item.body,
  };
  const draft = item.draft === undefined ? {} : { draft: item.draft };
  const one = { conversation, append, session: session.id, ...draft };
  const early = answerAtOnce(turn, conversation, append);
  if (early !== undefined) {
    if (early.error === undefined) count(turn.memory.stats, "duplicates", ["sender"]);
    return conclude(turn, { ...one, coherent: true }, early);
  }
  if (!isAdmitted) {
    if (waitsForAnswers(turn, session, item)) return;
    const error = refusalOf(turn, item, append.origin);
    if (error !== null) return refuseOrAsk(turn, one, error);
    if (asksFirst(turn, session, item)) return;
  }
  if (isHome(turn, conversation) && !needsOpening(turn, conversation)) {
    return judgeHere(turn, { ...one, coherent: true });
  }
  const coherent = item.prev === lastKnown(turn, conversation, append.origin);
  forward(turn, { ...one, coherent });
}

/** What can't be said there, whoever judges it. */
function refuseAtOnce({ conversation, body }: SubmitItem, me: string): ErrorCode | null {
  if (isGroup(conversation)) return null;
  // A stranger to the conversation, and a conversation that can't exist, get the same answer.
  if (peerOf(conversation, me) === undefined) return "not-found";
  // Only a group can be managed.
  // How long messages live is said in both.
  return isManagement(body) && body.kind !== "ttl" ? "not-allowed" : null;
}

/** Why this user may not say it now, as far as this object knows. */
function refusalOf(turn: Turn, item: SubmitItem, origin: Origin): ProtocolError | null {
  const isUnderWay = waitingWith(turn, origin) !== undefined;
  const error = isUnderWay ? null : refuseToWrite(turn, item.conversation, item);
  return error ?? refuseFile(turn, item.body) ?? refuseGroupPicture(turn, item.body) ?? null;
}

/**
 * What this user keeps from themself now may have been said before: sent again after this object
 * forgot that it was under way, it may have a number, and a refusal would deny that.
 */
function refuseOrAsk(turn: Turn, { append, ...one }: Submitted, error: ProtocolError): void {
  const { conversation, session } = one;
  if (error.code !== "not-allowed" || isHome(turn, conversation)) {
    return answer(turn, session, { conversation, counter: append.origin.counter, error });
  }
  const asked = { ...append, refusal: error.code };
  forward(turn, { ...one, append: asked, refusal: error, coherent: false });
}

/** What this object can say without asking anybody: repeats, conflicts, promises already made. */
function answerAtOnce(turn: Turn, conversation: string, append: Append): SubmitResult | undefined {
  const { timeline, pending } = turn.memory;
  const { origin, hash } = append;
  const about = { conversation, counter: origin.counter };
  const conflict: SubmitResult = { ...about, error: { code: "conflict" } };
  const isSame = (one: PendingAppend | Waiting) =>
    one.conversation === conversation && one.append.hash === hash;
  const promised = pending.find((one) => sameOrigin(one.append.origin, origin));
  if (promised !== undefined) {
    return isSame(promised) ? { ...about, number: null, at: promised.since } : conflict;
  }
  // Judged elsewhere, perhaps in another conversation, which can't know of this one.
  const waiting = waitingWith(turn, origin);
  if (waiting !== undefined) return isSame(waiting) ? undefined : conflict;
  if (origin.counter > timeline.counter(origin.device)) return undefined;
  const known = timeline.findOrigin(conversation, origin) ?? elsewhere(turn, origin);
  if (known === undefined || known.number === null) return undefined;
  if (known.conversation !== conversation || known.hash !== hash) return conflict;
  return { ...about, number: known.number, at: known.at };
}

function waitingWith(turn: Turn, origin: Origin): Waiting | undefined {
  for (const { batch, waiting } of turn.memory.lanes.values()) {
    const isIt = (one: Waiting) => sameOrigin(one.append.origin, origin);
    const found = batch?.waiting.find(isIt) ?? waiting.find(isIt);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A counter at or below the device's highest may have been used in another conversation. */
function elsewhere(turn: Turn, { user, device, counter }: Origin) {
  return turn.store.rowOfOrigin(user, device, counter);
}

/** The device's last counter in this conversation, promises and messages under way included. */
function lastKnown(turn: Turn, conversation: string, origin: Origin): number {
  const { timeline, pending } = turn.memory;
  const address = otherSide(turn, conversation);
  const lane = address === undefined ? undefined : laneTo(turn, address);
  let last = timeline.conversation(conversation).last[deviceKey(origin)] ?? 0;
  // One that will be refused if the call fails is nothing that a promise may stand on.
  const coherent = (waiting: readonly Waiting[] = []) => waiting.filter((one) => one.coherent);
  for (const underWay of [pending, coherent(lane?.batch?.waiting), coherent(lane?.waiting)]) {
    for (const one of underWay) {
      const { device, counter } = one.append.origin;
      const isBefore = device === origin.device && counter < origin.counter;
      if (isBefore && one.conversation === conversation) last = Math.max(last, counter);
    }
  }
  return last;
}

/** Nobody has been written to yet: under `recipients: known` the other side is asked first. */
function needsOpening(turn: Turn, conversation: string): boolean {
  if (turn.settings.recipients === "any" || otherSide(turn, conversation) === undefined)
    return false;
  return turn.memory.timeline.conversation(conversation).head.number === 0;
}

/** This object is the home: its commit is the promise (rule R1). */
export function judgeHere(turn: Turn, one: Waiting): void {
  dueAt(turn, one.conversation);
  conclude(turn, one, resultOf(one, numberAppend(turn, one.conversation, one.append)));
}

export function resultOf(one: Waiting, verdict: Verdict | undefined): SubmitResult {
  const about = { conversation: one.conversation, counter: one.append.origin.counter };
  switch (verdict?.kind) {
    case "accepted":
      return { ...about, number: verdict.number, at: verdict.at };
    case "gap":
      return { ...about, error: { code: "gap", have: verdict.have } };
    case "refused":
      return { ...about, error: refusedWith(one, verdict.code) };
    case undefined:
      return { ...about, error: { code: "internal" } };
  }
}

function refusedWith({ refusal }: Waiting, code: ErrorCode): ProtocolError {
  return refusal?.code === code ? refusal : { code };
}

/** The other side must number it, or be asked first. One that repeats itself is not sent twice. */
function forward(turn: Turn, one: Waiting): void {
  const address = otherSide(turn, one.conversation);
  if (address === undefined) throw new Error("one's notes have their home here");
  const state = laneTo(turn, address);
  const underWay = waitingWith(turn, one.append.origin);
  if (underWay !== undefined) {
    underWay.session = one.session;
    return;
  }
  const behindPromise = turn.memory.pending.some((p) => p.conversation === one.conversation);
  const { lane } = state;
  // Only a call made now can tell whether what may not be promised gets through again.
  const unreachable = lane.failures > 0 && (mayPromise(turn, one) || !mayCall(lane, turn.now));
  // Behind a promise, or when the home is known to be out of reach, waiting for a call is in vain.
  if (behindPromise || unreachable) return keepPending(turn, one);
  state.waiting.push(one);
}

function sameOrigin(a: Origin, b: Origin): boolean {
  return a.counter === b.counter && a.device === b.device && a.user === b.user;
}
