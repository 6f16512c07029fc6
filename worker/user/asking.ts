import type { SubmitItem } from "../../protocol/client-frames.ts";
import { directConversation, peerOf } from "../../protocol/ids.ts";
import type { LiveSession } from "../core/session.ts";
import { peopleIn } from "./distance.ts";
import { dueAt, laneTo } from "./followers.ts";
import { answer, liveSession, type Turn } from "./turn.ts";

/**
 * Under `recipients: known` nobody is brought into a group who is not there: each whom this user has
 * not met is asked before the group hears of it, and so its author hears at once what can't be. What
 * else is said in that group meanwhile comes after it. Memory only: a device that gets no answer says
 * it again.
 */

/** A message that waits, and who sent it last. */
export interface HeldItem {
  session: string;
  readonly device: string;
  readonly item: SubmitItem;
}

export interface Asking {
  /** Who has not answered yet. */
  readonly open: Set<string>;
  readonly unknown: Set<string>;
  /** The first one names them; the others come after it. */
  readonly items: HeldItem[];
}

/** Goes on with a message that has waited: the first of them is admitted already. */
type GoOn = (turn: Turn, session: LiveSession, item: SubmitItem, isAdmitted: boolean) => void;

/** True: it comes after what is being asked in this conversation, or is that itself. */
export function waitsForAnswers(turn: Turn, session: LiveSession, item: SubmitItem): boolean {
  const asking = turn.memory.asking.get(item.conversation);
  if (asking === undefined) return false;
  const isSame = (one: HeldItem) =>
    one.device === session.device && one.item.counter === item.counter;
  const known = asking.items.find(isSame);
  if (known === undefined) asking.items.push(heldItem(session, item));
  else known.session = session.id;
  return true;
}

/** True: it waits until those whom it names have answered, or one is known to be gone. */
export function asksFirst(turn: Turn, session: LiveSession, item: SubmitItem): boolean {
  const { memory, settings } = turn;
  if (settings.recipients === "any") return false;
  const { users } = namedIn(item);
  const gone = users.filter((user) => isGone(turn, user));
  if (gone.length > 0) {
    refuseUnknown(turn, session, item, new Set(gone));
    return true;
  }
  const open = new Set(users.filter((user) => mayBeAsked(turn, user)));
  if (open.size === 0) return false;
  const items = [heldItem(session, item)];
  memory.asking.set(item.conversation, { open, unknown: new Set(), items });
  for (const user of open) dueAt(turn, directConversation(memory.me, user));
  return true;
}

function heldItem({ id, device }: LiveSession, item: SubmitItem): HeldItem {
  return { session: id, device, item };
}

function namedIn({ body }: SubmitItem): {
  readonly field: string;
  readonly users: readonly string[];
} {
  if (body.kind === "group-create") return { field: "members", users: body.members };
  return { field: "users", users: body.kind === "members-add" ? body.users : [] };
}

function isGone(turn: Turn, user: string): boolean {
  return peopleIn(turn, directConversation(turn.memory.me, user))?.gone === true;
}

/** Whoever was met is there; whose object is out of reach gets the benefit of the doubt. */
function mayBeAsked(turn: Turn, user: string): boolean {
  const { me, timeline } = turn.memory;
  if (user === me || timeline.conversation(directConversation(me, user)).head.number > 0)
    return false;
  return laneTo(turn, `user:${user}`).lane.failures === 0;
}

/** A call about this direct conversation has ended; `isThere`: as far as anybody knows. */
export function heardOf(turn: Turn, conversation: string, isThere: boolean, goOn: GoOn): void {
  const user = peerOf(conversation, turn.memory.me);
  if (user === undefined) return;
  for (const [group, asking] of turn.memory.asking) {
    if (!asking.open.delete(user)) continue;
    if (!isThere) asking.unknown.add(user);
    if (asking.open.size > 0) continue;
    turn.memory.asking.delete(group);
    release(turn, asking, goOn);
  }
}

function release(turn: Turn, { items, unknown }: Asking, goOn: GoOn): void {
  for (const [index, { session: id, item }] of items.entries()) {
    const session = liveSession(turn, id);
    // Whoever is back says it again.
    if (session === undefined) continue;
    if (index > 0 || unknown.size === 0) goOn(turn, session, item, index === 0);
    else refuseUnknown(turn, session, item, unknown);
  }
}

function refuseUnknown(
  turn: Turn,
  session: LiveSession,
  item: SubmitItem,
  unknown: ReadonlySet<string>,
): void {
  const { field, users } = namedIn(item);
  const index = users.findIndex((user) => unknown.has(user));
  const error = { code: "not-found", field: `body.${field}.${index}`, rule: "user" } as const;
  const { conversation, counter } = item;
  answer(turn, session.id, { conversation, counter, error });
}
