import { type NumberSpan, withNumbers } from "../../protocol/marks.ts";
import { directConversation } from "../../protocol/names.ts";
import type { RequestState } from "../../protocol/people.ts";
import { isLogRow, type TimelineRow } from "./row.ts";

/** What this user has decided about the other side of a conversation: folded from rows. */
export interface People {
  /** In the notes alone: whom this user keeps out, in the order of their names. */
  readonly blocked: readonly string[];
  readonly request: RequestState | null;
  /** The other user's account is deleted: nothing is numbered here any more. */
  readonly gone: boolean;
  /** Some entry of the log stands here as a stub for what this user does not see. */
  readonly veiled: boolean;
  /** Which ones; absent: none, or a fold of before that kept no count. */
  readonly unseen?: readonly NumberSpan[];
}

const NOBODY: People = { blocked: [], request: null, gone: false, veiled: false };

/** Facts about the user, and not about one conversation, stand in the user's notes. */
export function notesOf(me: string): string {
  return directConversation(me, me);
}

/** The fold's part about people; undefined as long as there is nothing to tell. */
export function peopleAfter(
  people: People | undefined,
  row: TimelineRow,
  me: string,
): People | undefined {
  const { body } = row;
  const before = people ?? NOBODY;
  if (body.kind === "blocked") return { ...before, blocked: blockedAfter(before.blocked, body) };
  if (body.kind === "request") return { ...before, request: body.state };
  if (body.kind === "gone") return { ...before, gone: true };
  if (!isLogRow(row)) return people;
  if (body.kind === "withheld") {
    return { ...before, veiled: true, unseen: withNumbers(before.unseen ?? [], [row.number]) };
  }
  // Whoever writes back has taken the other's words; whoever leaves has not.
  const isWord = row.origin.user === me && body.kind !== "leave";
  const answers = isWord && before.request !== null;
  return answers ? { ...before, request: "accepted" } : people;
}

function blockedAfter(
  blocked: readonly string[],
  { user, on }: { readonly user: string; readonly on: boolean },
): readonly string[] {
  const others = blocked.filter((one) => one !== user);
  return on ? [...others, user].sort() : others;
}

/** As it stands in a conversation's state on the wire. */
export function peopleState(people: People | undefined) {
  const { blocked, request, gone } = people ?? NOBODY;
  return {
    ...(blocked.length === 0 ? {} : { blocked: [...blocked] }),
    ...(request === null ? {} : { request }),
    ...(gone ? { gone } : {}),
  };
}
