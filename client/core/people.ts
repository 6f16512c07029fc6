/** Whom this user keeps out, whose requests wait, and who is gone: folded into conversation rows. */
import type { Body } from "../../protocol/entries.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import type { ConversationPeople } from "../model.ts";
import type { ConversationRow } from "../store.ts";

const NOBODY: readonly string[] = Object.freeze([]);

export function peopleOf({ people }: ConversationRow): ConversationPeople {
  return { request: people?.request, gone: people?.gone ?? false };
}

/** From the row of the notes. */
export function blockedOf(row: ConversationRow | undefined): readonly string[] {
  return row?.people?.blocked ?? NOBODY;
}

/** The row after an entry that belongs to this user alone. */
export function takePeople(row: ConversationRow, body: Body): ConversationRow {
  const { people } = row;
  switch (body.kind) {
    case "blocked": {
      const others = blockedOf(row).filter((user) => user !== body.user);
      const blocked = body.on ? [...others, body.user].sort() : others;
      return { ...row, people: { ...people, blocked } };
    }
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
