import type { ConversationHandOff } from "../../protocol/hand-offs.ts";
import { peerOf } from "../../protocol/ids.ts";
import { payloadHash } from "../core/hash.ts";
import { isGroup } from "../core/home.ts";
import { mayCall } from "../core/lane.ts";
import type { UserAnswer, UserRequest } from "../requests.ts";
import type { UserStore } from "../user-store.ts";
import { giveUp } from "./dead-letters.ts";
import { peopleIn } from "./distance.ts";
import { dueAt, follower, isHome, laneTo, otherSide } from "./followers.ts";
import { addPending, failPending } from "./pending.ts";
import { endSession } from "./sessions.ts";
import type { Turn } from "./turn.ts";

/**
 * The end of an account, in three steps that each stand in rows: (1) it is leaving: sockets are
 * closed, nobody gets in, nothing is numbered; (2) whoever has a conversation with it gets the rest
 * of the log and then hears that it is gone, groups are left; the directory forgets it, and a
 * tombstone says so for good; (3) everything is deleted but that it is gone.
 */
export type Standing =
  | { readonly kind: "here" }
  | {
      readonly kind: "leaving";
      readonly since: number;
      /** Conversations whose other side has not said yet that it knows. */
      readonly farewells: Set<string>;
      /** Nothing outside of this object knows the user any more. */
      retired: boolean;
    }
  | { readonly kind: "gone" };

/** Objects that are called at once: one with thousands of acquaintances floods nobody. */
const CALLS_AT_ONCE = 16;
/** The device in whose name groups are left; no client's. */
const LEAVING_DEVICE = "account-deletion";

const GONE: UserAnswer = { ok: false, code: "gone" };

export function storedStanding(store: UserStore): Standing {
  if (store.fact("gone") !== undefined) return { kind: "gone" };
  const since = store.fact("leaving");
  if (since === undefined) return { kind: "here" };
  const farewells = new Set(store.people.farewells());
  return { kind: "leaving", since: Number(since), farewells, retired: false };
}

/** What is answered instead, once the account is on its way out. */
export function refuseRequest(turn: Turn, request: UserRequest): UserAnswer | undefined {
  const { standing, me } = turn.memory;
  if (standing.kind === "here") return undefined;
  if (request.kind === "delete-account") return { ok: true, value: { user: me } };
  const isForOperators = request.kind === "open-hand-offs" || request.kind === "retry-hand-offs";
  return standing.kind === "leaving" && isForOperators ? undefined : GONE;
}

export function deleteAccount(turn: Turn): UserAnswer {
  const { memory, store, now } = turn;
  store.setFact("leaving", String(now));
  const conversations = memory.timeline.conversations().map(({ conversation }) => conversation);
  const direct = conversations.filter((one) => needsFarewell(turn, one));
  for (const conversation of direct) store.people.addFarewell(conversation);
  memory.standing = { kind: "leaving", since: now, farewells: new Set(direct), retired: false };
  leaveGroups(turn, conversations);
  for (const session of [...memory.sessions.values()]) endSession(turn, session, "revoked");
  turn.effects.push({ kind: "retire" });
  return { ok: true, value: { user: memory.me } };
}

function needsFarewell(turn: Turn, conversation: string): boolean {
  if (isGroup(conversation) || otherSide(turn, conversation) === undefined) return false;
  return turn.memory.timeline.conversation(conversation).head.number > 0;
}

/** A promise like any other: it is kept when the group can be reached, and given up in the end. */
function leaveGroups(turn: Turn, conversations: readonly string[]): void {
  let counter = 0;
  for (const conversation of conversations) {
    const { membership } = turn.memory.timeline.conversation(conversation);
    if (membership?.state !== "member") continue;
    counter += 1;
    const origin = { user: turn.memory.me, device: LEAVING_DEVICE, counter };
    const content = { kind: "leave" } as const;
    const hash = payloadHash(content, "normal");
    const append = { origin, prev: 0, priority: "normal", hash, content } as const;
    addPending(turn, { conversation, append });
  }
}

/** After any event of an account on its way out: whoever is still to be told is, some at a time. */
export function goOnLeaving(turn: Turn): void {
  const { standing, lanes, pending } = turn.memory;
  if (standing.kind !== "leaving") return;
  const isTooLate = turn.now - standing.since > turn.settings.handOffTtlMs;
  let free = CALLS_AT_ONCE - [...lanes.values()].filter(({ lane }) => lane.inFlight).length;
  for (const conversation of standing.farewells) {
    const address = otherSide(turn, conversation);
    if (isTooLate || address === undefined) {
      farewellDone(turn, conversation);
      continue;
    }
    if (free <= 0 || !mayCall(laneTo(turn, address).lane, turn.now)) continue;
    dueAt(turn, conversation);
    free -= 1;
  }
  const isDone = standing.farewells.size + pending.length === 0;
  if (isDone && standing.retired) turn.effects.push({ kind: "vanish" });
}

/** When an account on its way out has to be woken for what no call is under way for. */
export function leavingNeed({ memory, now, settings }: Turn): number[] {
  const { standing, pending } = memory;
  if (standing.kind !== "leaving") return [];
  const isWaiting = standing.retired && standing.farewells.size + pending.length > 0;
  // What is done at once needs no alarm but after a crash; what fails must not be hammered.
  return isWaiting ? [] : [now + Math.max(...settings.handOffDelaysMs)];
}

/** The directory knows the user no more, and the tombstone stands; asked again until it is so. */
export function retireAgain(turn: Turn): void {
  const { standing } = turn.memory;
  if (standing.kind === "leaving" && !standing.retired) turn.effects.push({ kind: "retire" });
}

export function retired(turn: Turn): void {
  const { standing } = turn.memory;
  if (standing.kind === "leaving") standing.retired = true;
}

/** Said with the call after which the other side has all there will ever be. */
export function farewellIn(
  turn: Turn,
  conversation: string,
  { append = [], replicate = [] }: Pick<ConversationHandOff, "append" | "replicate">,
): { readonly gone?: true } {
  const { standing, pending, timeline } = turn.memory;
  if (standing.kind !== "leaving" || !standing.farewells.has(conversation)) return {};
  const known = follower(turn, conversation);
  const { number } = timeline.conversation(conversation).head;
  const promised = pending.filter((one) => one.conversation === conversation);
  const isAll = isHome(turn, conversation)
    ? known.sure && known.have + replicate.length === number
    : promised.length === append.length;
  return isAll ? { gone: true } : {};
}

/** The other side knows, or can't be told. */
export function farewellDone(turn: Turn, conversation: string): void {
  const { standing } = turn.memory;
  if (standing.kind !== "leaving" || !standing.farewells.delete(conversation)) return;
  turn.store.people.deleteFarewell(conversation);
}

/** The other user of a conversation is gone: what is here stays, and nothing is added to it. */
export function peerGone(turn: Turn, conversation: string): void {
  const { timeline, me } = turn.memory;
  const user = peerOf(conversation, me);
  if (user === undefined || peopleIn(turn, conversation)?.gone === true) return;
  for (const one of turn.memory.pending) {
    if (one.conversation === conversation) failPending(turn, one, "gone");
  }
  giveUp(turn, conversation, "gone");
  // Whom this user has never met leaves nothing behind.
  if (timeline.conversation(conversation).touched.seq === 0) return;
  timeline.appendPrivate(conversation, { kind: "gone", user }, turn.now);
}
