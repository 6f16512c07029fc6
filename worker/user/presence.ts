import type { ClientFrame } from "../../protocol/client-frames.ts";
import type { Address } from "../../protocol/hand-offs.ts";
import { directConversation, peerOf } from "../../protocol/ids.ts";
import type { Hint, HintReply, Presence } from "../../protocol/presence.ts";
import { TIMING } from "../../protocol/timing.ts";
import { isGroup } from "../core/home.ts";
import type { LiveSession, Session, Watcher } from "../core/session.ts";
import { isContact, keepsSilent } from "./distance.ts";
import { TYPING_EVERY_MS, typeInGroup, visibleGroups, wantsTyping } from "./group-typing.ts";
import { isStale } from "./push.ts";
import { liveSessions, refuse, send, type Turn } from "./turn.ts";
import { watchersOf } from "./watchers.ts";

/**
 * Who is there, and who types. A device says whom it looks at, and its user's object asks theirs;
 * from then on, and for a while, they tell it what changes. So nobody's object is woken for somebody
 * who does not look, and nothing of it stands in a row: who watches is kept in the attachments of
 * the watched user's sockets, for without a socket there is nothing to tell but that one comes.
 */

/** Attachments are small: beyond these, whoever looks has to ask again. */
const MAX_WATCHERS = 32;

/** A device looks at these users and groups, and at no others. */
export function watch(
  turn: Turn,
  session: LiveSession,
  { users, groups = [] }: Pick<Extract<ClientFrame, { t: "watch" }>, "users" | "groups">,
): void {
  const { me } = turn.memory;
  const others = [...new Set(users)].filter((user) => user !== me);
  const met = others.filter((user) => hasMet(turn, user));
  const joined = visibleGroups(turn, groups);
  session.watching = [...met, ...joined];
  session.watchUntil = turn.now + TIMING.watchMs;
  for (const to of [...met.map(addressOf), ...joined]) {
    turn.effects.push({ kind: "hint", to, hint: { kind: "watch", from: me } });
  }
  // Nobody's object comes to life because somebody tries names.
  const strangers = others.filter((user) => !hasMet(turn, user));
  if (strangers.length === 0) return;
  const nobody = strangers.map((user) => ({ user, online: false }));
  send(turn, session.id, { t: "presence", users: nobody });
}

function hasMet(turn: Turn, user: string): boolean {
  const { me, timeline } = turn.memory;
  return timeline.conversation(directConversation(me, user)).head.number > 0;
}

export function typing(
  turn: Turn,
  session: LiveSession,
  { conversation, on }: { readonly conversation: string; readonly on: boolean },
): void {
  const { me, typed, watchers } = turn.memory;
  if (isGroup(conversation)) return typeInGroup(turn, session, { conversation, on });
  const to = peerOf(conversation, me);
  if (to === undefined) return refuse(turn, session.id, "not-found", { of: "typing" });
  const last = typed.get(conversation);
  const isRepeat = last?.on === on && turn.now - last.at < TYPING_EVERY_MS;
  const looks = (watchers.get(to) ?? 0) > turn.now;
  if (isRepeat || !looks || keepsSilent(turn, conversation)) return;
  typed.set(conversation, { on, at: turn.now });
  const hint = { kind: "typing", from: me, conversation, on } as const;
  turn.effects.push({ kind: "hint", to: addressOf(to), hint });
}

/** Another object says something in passing. */
export function takeHint(turn: Turn, hint: Hint): HintReply {
  const { me, standing } = turn.memory;
  // Nobody there, and nobody who looks.
  if (standing.kind !== "here") return { presence: { user: me, online: false }, looking: false };
  if (hint.kind === "watch") return { presence: watchedBy(turn, hint.from) };
  const isOfGroup = hint.kind === "typing" && isGroup(hint.conversation);
  const looking = watchersOf(turn, isOfGroup ? hint.conversation : hint.from);
  for (const session of looking) tell(turn, session, hint);
  return { looking: looking.length > 0 };
}

/** What came of a hint; one that was lost is not missed. */
export function hintAnswered(turn: Turn, by: Address, { presence, looking }: HintReply): void {
  if (isGroup(by)) return;
  const to = by.slice("user:".length);
  if (looking === false)
    keepWatchers(
      turn,
      [...turn.memory.watchers].filter(([who]) => who !== to),
    );
  if (presence === undefined) return;
  for (const session of watchersOf(turn, to)) {
    send(turn, session.id, { t: "presence", users: [presence] });
  }
}

/** A session ends; after waking by its end, nothing but its attachment told of it. */
export function noteLeft(turn: Turn, session: LiveSession): void {
  const { memory } = turn;
  memory.seenAt = turn.now;
  memory.toldOnline = true;
  memory.watchers = new Map([...session.watchers, ...memory.watchers]);
}

/** Tells those who look when this user comes or goes. */
export function tellPresence(turn: Turn): void {
  const { memory, now } = turn;
  const online = isOnline(turn);
  if (online === memory.toldOnline) return;
  memory.toldOnline = online;
  for (const [to, until] of memory.watchers) {
    if (until <= now || !mayKnow(turn, to)) continue;
    const presence = presenceFor(turn, to);
    const hint = { kind: "presence", from: memory.me, presence } as const;
    turn.effects.push({ kind: "hint", to: addressOf(to), hint });
  }
}

export function stopsWatching(turn: Turn, user: string): void {
  keepWatchers(
    turn,
    [...turn.memory.watchers].filter(([who]) => who !== user),
  );
}

/** All sessions carry the same, but for what one that was too full has left out. */
export function carriedWatchers(sessions: readonly Session[]): ReadonlyMap<string, number> {
  return new Map(sessions.flatMap((one) => (one.phase === "live" ? one.watchers : [])));
}

function watchedBy(turn: Turn, from: string): Presence {
  const { me, watchers } = turn.memory;
  if (!keepsSilent(turn, directConversation(me, from))) {
    const others = [...watchers].filter(([who, until]) => who !== from && until > turn.now);
    const kept = [...others, [from, turn.now + TIMING.watchMs] as const];
    keepWatchers(turn, kept.slice(-MAX_WATCHERS));
  }
  return presenceFor(turn, from);
}

function keepWatchers(turn: Turn, watchers: readonly Watcher[]): void {
  turn.memory.watchers = new Map(watchers);
  for (const session of liveSessions(turn)) {
    session.watchers = watchers;
    turn.changed.add(session.id);
  }
}

function addressOf(user: string): Address {
  return `user:${user}`;
}

function tell(turn: Turn, { id }: LiveSession, hint: Exclude<Hint, { kind: "watch" }>): void {
  if (hint.kind === "presence") return send(turn, id, { t: "presence", users: [hint.presence] });
  const { conversation, from: user, on } = hint;
  const isTheirs = isGroup(conversation)
    ? wantsTyping(turn, conversation)
    : peerOf(conversation, user) === turn.memory.me && !keepsSilent(turn, conversation);
  if (!isTheirs) return;
  send(turn, id, { t: "typing", conversation, user, on });
}

function presenceFor(turn: Turn, user: string): Presence {
  const { me } = turn.memory;
  if (!mayKnow(turn, user)) return { user: me, online: false };
  if (isOnline(turn)) return { user: me, online: true };
  const seen = turn.store.devices().map(({ seenAt }) => seenAt);
  const lastSeenAt = Math.max(turn.memory.seenAt, ...seen);
  return { user: me, online: false, ...(lastSeenAt > 0 ? { lastSeenAt } : {}) };
}

function isOnline(turn: Turn): boolean {
  return liveSessions(turn).some((session) => !isStale(turn, session));
}

/** The user's own choice; strangers, and whoever is kept out, get the answer of nobody there. */
function mayKnow(turn: Turn, user: string): boolean {
  const conversation = directConversation(turn.memory.me, user);
  const { presence } = turn.memory.preferences;
  if (presence === "nobody" || keepsSilent(turn, conversation)) return false;
  return presence === "everyone" || isContact(turn, user);
}
