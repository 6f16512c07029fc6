/** Whom this user keeps out, whose requests wait, and who is gone: folded into conversation rows. */
import type { Body } from "../../protocol/entries.ts";
import type { RequestState } from "../../protocol/people.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import type { ConversationPeople } from "../model.ts";
import type { BlockWish, ConversationRow } from "../store.ts";

const NOBODY: readonly string[] = Object.freeze([]);

export function peopleOf({ people, wish }: ConversationRow): ConversationPeople {
  const request = wish?.answer === undefined ? people?.request : answerState(wish.answer);
  return { request, gone: people?.gone ?? false };
}

function answerState(accept: boolean): RequestState {
  return accept ? "accepted" : "declined";
}

export function isAnswered({ people }: ConversationRow, answer: boolean | undefined): boolean {
  return answer !== undefined && people?.request === answerState(answer);
}

/** From the row of the notes, as this device wishes it. */
export function blockedOf(row: ConversationRow | undefined): readonly string[] {
  return (row?.wish?.blocking ?? []).reduce(afterBlock, row?.people?.blocked ?? NOBODY);
}

function afterBlock(blocked: readonly string[], { user, on }: BlockWish): readonly string[] {
  const others = blocked.filter((one) => one !== user);
  return on ? [...others, user].sort() : others;
}

/** The last word about each user counts. `isAhead`: the entry of an earlier one may be on its way. */
export function withBlocking(
  before: readonly BlockWish[] = [],
  { user, on }: BlockWish,
  isAhead: boolean,
) {
  const known = before.find((one) => one.user === user);
  const isOther = known !== undefined && (known.isReplacing === true || known.on !== on);
  const isReplacing = isAhead || isOther;
  const wish = isReplacing ? { user, on, isReplacing } : { user, on };
  return [...before.filter((one) => one !== known), wish];
}

/** Those that are not so yet; undefined: all are. */
export function openBlocking(
  { people }: ConversationRow,
  wishes: readonly BlockWish[],
): readonly BlockWish[] | undefined {
  const blocked = people?.blocked ?? NOBODY;
  const open = wishes.filter(
    ({ user, on, isReplacing }) => isReplacing || blocked.includes(user) !== on,
  );
  if (open.length === wishes.length) return wishes;
  return open.length === 0 ? undefined : open;
}

/** The row after an entry that belongs to this user alone. */
export function takePeople(row: ConversationRow, body: Body): ConversationRow {
  const { people } = row;
  switch (body.kind) {
    case "blocked":
      return {
        ...row,
        people: { ...people, blocked: afterBlock(people?.blocked ?? NOBODY, body) },
      };
    case "request":
      return { ...row, people: { ...people, request: body.state } };
    case "gone":
      return { ...row, people: { ...people, gone: true } };
    default:
      return row;
  }
}

/** Whoever writes back has taken the other's words; whoever leaves has not. */
export function writtenBack(row: ConversationRow, { kind }: Body): ConversationRow {
  const { people } = row;
  if (kind === "leave" || people?.request === undefined || people.request === "accepted")
    return row;
  return { ...row, people: { ...people, request: "accepted" } };
}

/** As the state says it, after a reset: all of it. */
export function takePeopleState(
  { people: _, ...row }: ConversationRow,
  { blocked, request, gone }: ConversationState,
): ConversationRow {
  const people = {
    ...(blocked === undefined ? {} : { blocked }),
    ...(request === undefined ? {} : { request }),
    ...(gone === undefined ? {} : { gone }),
  };
  return Object.keys(people).length === 0 ? row : { ...row, people };
}
