import { isGroup } from "../core/home.ts";
import { isLarge } from "../core/membership.ts";
import type { LiveSession } from "../core/session.ts";
import { keepsSilent } from "./distance.ts";
import { refuse, type Turn } from "./turn.ts";
import { takesPart } from "./visible.ts";
import { watchersOf } from "./watchers.ts";

/**
 * Who types in groups. It goes to the group, which knows who looks at it and judges who may be told;
 * a device that looks says so to its user's object, and that to the group.
 */

/** Typing is passed on at most this often, to whomever. */
export const TYPING_EVERY_MS = 2_000;

/** Those of which this user may see who types. */
export function visibleGroups(turn: Turn, groups: readonly string[]): `group:${string}`[] {
  return [...new Set(groups)].filter(isGroup).filter((group) => wantsTyping(turn, group));
}

/** Takes part, and is not still asked whether to. Where the log is the only copy nobody is told. */
export function wantsTyping(turn: Turn, group: string): boolean {
  const state = turn.memory.timeline.conversation(group);
  return takesPart(turn, group) && !isLarge(state) && !keepsSilent(turn, group);
}

export function typeInGroup(
  turn: Turn,
  session: LiveSession,
  { conversation, on }: { readonly conversation: `group:${string}`; readonly on: boolean },
): void {
  if (!takesPart(turn, conversation)) {
    return refuse(turn, session.id, "not-found", { of: "typing" });
  }
  if (!wantsTyping(turn, conversation)) return;
  const { me: from, typed } = turn.memory;
  const last = typed.get(conversation);
  // Many may be told of each: beginning and ending in turns goes no faster, either.
  const isTooSoon = last !== undefined && turn.now - last.at < TYPING_EVERY_MS;
  if (on ? isTooSoon : last?.on !== true) return;
  typed.set(conversation, { on, at: on ? turn.now : (last?.at ?? turn.now) });
  const looks = watchersOf(turn, conversation).length > 0;
  const hint = { kind: "typing", from, conversation, on, looks } as const;
  turn.effects.push({ kind: "hint", to: conversation, hint });
}
