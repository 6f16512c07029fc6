/**
 * What this user keeps about conversations for themself: what the server says, and what this device
 * wishes and the server has not made so yet. A wish is over once an entry shows it.
 */
import { arranged, isMentioned, PLAIN_ARRANGEMENT, withMention } from "../../protocol/arrange.ts";
import type { Entry } from "../../protocol/entries.ts";
import type { Arrangement, ArrangementChange, Draft, Folder } from "../../protocol/personal.ts";
import type { ConversationState } from "../../protocol/server-frames.ts";
import type {
  BlockWish,
  ConversationRow,
  DraftWish,
  StoredEntry,
  Wish,
  WishKind,
} from "../store.ts";
import { senderOf } from "./amend.ts";
import { isAnswered, openBlocking, takePeople, takePeopleState, withBlocking } from "./people.ts";
import { takePlace } from "./place.ts";

/** What may be wished at a time. */
export interface NewWish {
  readonly change?: ArrangementChange;
  readonly folders?: readonly Folder[];
  readonly draft?: Pick<DraftWish, "text" | "replyTo">;
  readonly blocking?: BlockWish;
  readonly answer?: boolean;
}

export const WISH_KINDS = [
  "change",
  "folders",
  "draft",
  "blocking",
  "answer",
] as const satisfies readonly WishKind[];

const NO_FOLDERS: readonly Folder[] = Object.freeze([]);

export function arrangementOf(row: ConversationRow): Arrangement {
  return arranged(row.arrangement ?? PLAIN_ARRANGEMENT, row.wish?.change ?? {});
}

export function foldersOf(row: ConversationRow | undefined): readonly Folder[] {
  return row?.wish?.folders ?? row?.folders ?? NO_FOLDERS;
}

/** Undefined: nothing was begun, or it was sent or deleted. */
export function draftOf(row: ConversationRow): Pick<DraftWish, "text" | "replyTo"> | undefined {
  const { text = "", replyTo } = row.wish?.draft ?? row.draft ?? {};
  return text === "" ? undefined : { text, ...(replyTo === undefined ? {} : { replyTo }) };
}

/**
 * The row once this device wishes so. `ahead`: of these kinds something was told before, whose entry
 * may be on its way still.
 */
export function wished(
  row: ConversationRow,
  wish: NewWish,
  ahead: readonly WishKind[] = [],
): ConversationRow {
  const { change, folders, draft, blocking, answer } = wish;
  const before = row.wish ?? {};
  const wishes: Wish = {
    ...before,
    ...(change === undefined ? {} : { change: { ...before.change, ...change } }),
    ...(folders === undefined ? {} : { folders }),
    ...(draft === undefined ? {} : { draft: draftWish(row, draft) }),
    ...(blocking === undefined
      ? {}
      : {
          blocking: withBlocking(before.blocking, blocking, ahead.includes("blocking")),
        }),
    ...(answer === undefined ? {} : { answer }),
  };
  return withNews(row, wishes, ahead);
}

/** The row with wishes of which some are others than before. */
function withNews(
  row: ConversationRow,
  after: Wish,
  ahead: readonly WishKind[] = [],
): ConversationRow {
  const before = row.wish ?? {};
  const isAhead = (kind: WishKind) => before[kind] !== undefined || ahead.includes(kind);
  const replaces = (kind: WishKind) =>
    kind !== "blocking" &&
    (isReplacing(before, kind) || (isAhead(kind) && !isSame(before[kind], after[kind])));
  return withWish(row, { ...after, replacing: WISH_KINDS.filter(replaces) });
}

function draftWish(row: ConversationRow, draft: Pick<DraftWish, "text" | "replyTo">): DraftWish {
  const before = row.wish?.draft;
  const isFresh = draftOf(row) === undefined;
  return {
    ...draft,
    base: before?.base ?? row.draft?.version ?? 0,
    isFresh: isFresh || (before?.isFresh ?? false),
    ...(before?.after === undefined ? {} : { after: before.after }),
  };
}

/** A message takes the draft with it: gone from now on, which the server hears from the message. */
export function sentDraft(row: ConversationRow, key: string): ConversationRow {
  const base = row.wish?.draft?.base ?? row.draft?.version ?? 0;
  return withNews(row, { ...row.wish, draft: { text: "", base, isFresh: false, after: key } });
}

/** The row after an entry that belongs to this user alone. */
export function takePersonal(
  row: ConversationRow,
  { body, ...told }: Pick<Entry, "body" | "at"> & { readonly seq?: number },
  device: string,
): ConversationRow {
  switch (body.kind) {
    case "arrangement": {
      const { kind: _, ...arrangement } = body;
      return settled({ ...row, arrangement }, "change");
    }
    // These take back that the conversation is marked as unread, which may be wished.
    case "read":
      return settled(row, "change");
    case "membership":
      return settled(takePlace(row, body, told), "change");
    case "folders":
      return settled({ ...row, folders: body.folders }, "folders");
    case "draft": {
      const { kind: _, ...draft } = body;
      return draft.version <= (row.draft?.version ?? 0) ? row : takeDraft(row, draft, device);
    }
    case "blocked":
      return settled(takePeople(row, body), "blocking");
    case "request":
      return settled(takePeople(row, body), "answer");
    default:
      return takePeople(row, body);
  }
}

function takeDraft(row: ConversationRow, draft: Draft, device: string): ConversationRow {
  const after = { ...row, draft };
  const wish = row.wish?.draft;
  if (wish === undefined) return after;
  // One's own earlier version, or the end of what this one does not come from, is no objection.
  const goesOn = draft.device === device || (draft.text === "" && wish.isFresh);
  const next = goesOn ? { ...wish, base: draft.version } : undefined;
  // Whatever was told before continues an older version, and comes to nothing.
  return settled(withWish(after, { ...certain(row.wish, "draft"), draft: next }), "draft");
}

/** As the state says it, after a reset. */
export function takePersonalState(
  row: ConversationRow,
  state: ConversationState,
  device: string,
): ConversationRow {
  const { arrangement, draft, folders, mentions, membership } = state;
  const known = settled(settled(takePeopleState(row, state), "blocking"), "answer");
  // The state's own marks say what is read: nobody has come or gone here.
  const place = membership === undefined ? {} : { membership, start: membership.from };
  const placed = { ...known, ...place };
  let after: ConversationRow = { ...placed, mentions: mentions ?? [] };
  if (arrangement !== undefined) after = takePersonal(after, { body: arrangement, at: 0 }, device);
  if (draft !== undefined) after = takePersonal(after, { body: draft, at: 0 }, device);
  if (folders !== undefined) {
    after = takePersonal(after, { body: { kind: "folders", folders }, at: 0 }, device);
  }
  return after;
}

/** The message that took the draft with it is through, or it failed: what is wished is told. */
export function released(row: ConversationRow): ConversationRow {
  const { draft, ...rest } = row.wish ?? {};
  if (draft?.after === undefined) return row;
  const { after: _, ...free } = draft;
  return settled(withWish(row, { ...rest, draft: free }), "draft");
}

/** What the server refuses for good is no wish any more; of several blocks, the first was told. */
export function renounced(row: ConversationRow, what: WishKind): ConversationRow {
  const [, ...others] = row.wish?.blocking ?? [];
  const left = what === "blocking" && others.length > 0 ? others : undefined;
  return withWish(row, { ...row.wish, [what]: left });
}

/** The server says that what it was told last is so; the entry that shows it may be here or not. */
export function answered(row: ConversationRow, kind: WishKind): ConversationRow {
  return settled(withWish(row, certain(row.wish, kind)), kind);
}

/** Nothing else that was told of this kind can become so any more. */
function certain(wish: Wish = {}, kind: WishKind): Wish {
  const { replacing = [], blocking: [first, ...others] = [] } = wish;
  if (kind === "blocking" && first !== undefined) {
    return { ...wish, blocking: [{ user: first.user, on: first.on }, ...others] };
  }
  return { ...wish, replacing: replacing.filter((one) => one !== kind) };
}

/** Whether only the server can say that it is so; of several blocks, the first. */
export function isReplacing({ replacing, blocking }: Wish, kind: WishKind): boolean {
  const isIt = kind === "blocking" ? blocking?.[0]?.isReplacing : replacing?.includes(kind);
  return isIt === true;
}

/** Without the wishes of this kind that are so already, as far as that can be seen here. */
export function settled(row: ConversationRow, kind: WishKind): ConversationRow {
  if (kind !== "blocking" && isReplacing(row.wish ?? {}, kind)) return row;
  const left = leftOf(row, kind);
  return left === row.wish?.[kind] ? row : withWish(row, { ...row.wish, [kind]: left });
}

function leftOf(row: ConversationRow, kind: WishKind): Wish[WishKind] {
  const { change, folders, draft, blocking, answer } = row.wish ?? {};
  switch (kind) {
    case "change":
      return change && openChange(row.arrangement ?? PLAIN_ARRANGEMENT, change);
    case "folders":
      return isSame(folders, row.folders ?? []) ? undefined : folders;
    case "draft":
      return draft && isThere(draft, row.draft) ? undefined : draft;
    case "blocking":
      return blocking && openBlocking(row, blocking);
    case "answer":
      return isAnswered(row, answer) ? undefined : answer;
  }
}

function openChange(is: Arrangement, change: ArrangementChange): ArrangementChange | undefined {
  const open = Object.entries(change).filter(
    ([name, value]) => !isSame(is[name as keyof Arrangement] ?? null, value),
  );
  if (open.length === Object.keys(change).length) return change;
  return open.length === 0 ? undefined : Object.fromEntries(open);
}

function isThere({ text, replyTo, after }: DraftWish, draft: Draft | undefined): boolean {
  return after === undefined && text === (draft?.text ?? "") && replyTo === draft?.replyTo;
}

type Open<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

function withWish(row: ConversationRow, open: Open<Wish>): ConversationRow {
  const { wish: _, ...rest } = row;
  const { replacing = [], ...wishes } = open;
  const left = Object.entries(wishes).filter(([, value]) => value !== undefined);
  if (left.length === 0) return rest;
  const still = replacing.filter((kind) => wishes[kind] !== undefined);
  const wish: Wish = Object.fromEntries(left);
  return { ...rest, wish: still.length === 0 ? wish : { ...wish, replacing: still } };
}

/** A message that mentions this user is remembered until it is read or recalled. */
export function noteMention(
  row: ConversationRow,
  entry: StoredEntry["entry"],
  user: string,
): ConversationRow {
  const { number, body } = entry;
  const { mentions = [] } = row;
  if (body.kind === "recall" && mentions.includes(body.target)) {
    return { ...row, mentions: mentions.filter((one) => one !== body.target) };
  }
  const isNews = number > row.read && !mentions.includes(number) && senderOf(entry) !== user;
  if (!isNews || !isMentioned(body, user)) return row;
  return { ...row, mentions: withMention(mentions, number) };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
