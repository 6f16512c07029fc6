import { arranged, isMentioned, PLAIN_ARRANGEMENT, withMention } from "../../protocol/arrange.ts";
import type { Arrangement, Draft, Folder } from "../../protocol/personal.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import { isLogRow, type TimelineRow } from "./row.ts";

/**
 * What a user keeps about a conversation for themself, folded from private rows: the newest row of
 * a kind counts, so those below the floor may be deleted. Absent: never said.
 */
export interface PersonalState {
  arrangement?: Arrangement;
  draft?: Draft;
  /** The user's folders; in the notes alone. */
  folders?: readonly Folder[];
  /** Unread messages that mention this user. */
  mentions?: readonly number[];
}

/** Takes one more row into account, before the read mark that it may be has moved. */
export function advancePersonal(state: PersonalState, row: TimelineRow, me: string): void {
  const { body } = row;
  switch (body.kind) {
    case "arrangement": {
      const { kind: _, ...arrangement } = body;
      state.arrangement = arrangement;
      return;
    }
    case "draft": {
      const { kind: _, ...draft } = body;
      state.draft = draft;
      return;
    }
    case "folders":
      state.folders = body.folders;
      return;
    case "read":
      return forget(state, (number) => number <= body.number);
    case "recall":
      return forgetMention(state, body.target);
    default:
      if (isLogRow(row) && row.origin.user !== me && isMentioned(body, me)) {
        state.mentions = withMention(state.mentions ?? [], row.number);
      }
  }
}

/** A message is no more. */
export function forgetMention(state: PersonalState, number: number): void {
  forget(state, (one) => one === number);
}

function forget(state: PersonalState, isOver: (number: number) => boolean): void {
  if (state.mentions !== undefined) state.mentions = state.mentions.filter((one) => !isOver(one));
}

/** Whoever reads a conversation on does not want it marked as unread. */
export function unmark(state: PersonalState): void {
  if (!state.arrangement?.markedUnread) return;
  state.arrangement = arranged(state.arrangement, { markedUnread: false });
}

export function arrangementOf(state: PersonalState): Arrangement {
  return state.arrangement ?? PLAIN_ARRANGEMENT;
}

/** As devices see it. */
export function personalState({
  arrangement,
  draft,
  folders,
  mentions = [],
}: PersonalState): Pick<ConversationState, "arrangement" | "draft" | "folders" | "mentions"> {
  return {
    ...(arrangement === undefined ? {} : { arrangement: { kind: "arrangement", ...arrangement } }),
    ...(draft === undefined ? {} : { draft: { kind: "draft", ...draft } }),
    ...(folders === undefined ? {} : { folders: [...folders] }),
    ...(mentions.length === 0 ? {} : { mentions: [...mentions] }),
  };
}
