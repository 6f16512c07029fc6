/** What later entries make of an earlier one, the same way on every device and in any repetition. */
import type { Body, Changes, Entry } from "../../protocol/entries.ts";
import { isCountable } from "../../protocol/kinds.ts";
import type { StoredEntry } from "../store.ts";

export { isCountable };

export type NumberedEntry = StoredEntry["entry"];

export function isNumbered(entry: Entry): entry is NumberedEntry {
  return entry.number !== undefined;
}

/** Whether it has a place of its own in the list of messages. */
export function isShown(body: Body): boolean {
  return isCountable(body) || body.kind === "recalled" || body.kind === "placeholder";
}

/** Whether it tells what became of a group: a line between the messages. */
export function isGroupNews(body: Body): boolean {
  return GROUP_NEWS.has(body.kind);
}

const GROUP_NEWS: ReadonlySet<Body["kind"]> = new Set<Body["kind"]>([
  "group-create",
  "group-change",
  "members-add",
  "members-remove",
  "member-role",
  "member-silence",
  "leave",
  "joined",
  "link-created",
  "link-revoke",
  "group-mode",
]);

/** Whether it is about the conversation: nothing that a person has typed waits in it. */
export function isManagement({ kind }: Body): boolean {
  const isWish = kind === "join" || kind === "link-create" || kind === "ttl";
  return isWish || (kind !== "group-create" && GROUP_NEWS.has(kind));
}

/** The number of the message that this entry says something about. */
export function targetOf(body: Body): number | undefined {
  return body.kind === "edit" || body.kind === "recall" || body.kind === "reaction"
    ? body.target
    : undefined;
}

export function senderOf(entry: Entry): string {
  const { id = "" } = entry;
  return id.slice(0, Math.max(0, id.indexOf(":")));
}

/** Whether its row is here as the message that it is, and so names its edits; recalled, it names none. */
export function isWhole(target: StoredEntry | undefined): target is StoredEntry {
  const kind = target?.entry.body.kind ?? "placeholder";
  return kind !== "placeholder" && kind !== "recalled";
}

/** `target` as it is after `change`; the same object when nothing changes. */
export function amend(target: StoredEntry, change: NumberedEntry): StoredEntry {
  const { body } = change;
  if (!isCountable(target.entry.body)) return target;
  switch (body.kind) {
    case "edit":
      return edit(target, change.number, body.text);
    case "recall":
      return replaceBody(target, { kind: "recalled", by: senderOf(change) });
    case "reaction":
      return react(target, body.emoji, senderOf(change), body.on);
    default:
      return target;
  }
}

type Find = (number: number) => StoredEntry | undefined;

/**
 * The edits of a message that are here. Each names the one before it; one that came as a stub names
 * none any more, and one that is not here can't: then those before it are looked for one by one.
 */
export function editsOf({ entry }: StoredEntry, find: Find): readonly StoredEntry[] {
  const edits: StoredEntry[] = [];
  let number = entry.changes?.edited;
  while (number !== undefined) {
    const edit = find(number);
    if (edit === undefined || !isEditOf(edit, entry.number)) {
      return [...edits, ...editsBetween(entry.number, number, find)];
    }
    edits.push(edit);
    number = edit.entry.changes?.edited;
  }
  return edits;
}

/** Those that are here and numbered between their message and `before`. */
export function editsBetween(target: number, before: number, find: Find): readonly StoredEntry[] {
  const edits: StoredEntry[] = [];
  for (let number = target + 1; number < before; number += 1) {
    const edit = find(number);
    if (edit !== undefined && isEditOf(edit, target)) edits.push(edit);
  }
  return edits;
}

export function isEditOf({ entry: { body } }: StoredEntry, target: number): boolean {
  return body.kind === "edit" && body.target === target;
}

/** An edit of a recalled message keeps its place and says nothing any more, as on the server. */
export function blankEdit(stored: StoredEntry): StoredEntry {
  return stored.entry.body.kind === "edit" ? replaceBody(stored, { kind: "withheld" }) : stored;
}

function replaceBody(stored: StoredEntry, body: Body): StoredEntry {
  const { changes: _, ...entry } = stored.entry;
  return { ...stored, entry: { ...entry, body } };
}

function edit(target: StoredEntry, number: number, text: string): StoredEntry {
  const { entry } = target;
  const body = reworded(entry.body, text);
  if (body === entry.body || number <= (entry.changes?.edited ?? 0)) return target;
  const changes = { ...entry.changes, edited: number };
  return { ...target, entry: { ...entry, body, changes } };
}

/** A file's words are its caption. */
function reworded(body: Body, text: string): Body {
  if (body.kind === "text") return { ...body, text };
  if (body.kind !== "file") return body;
  const { caption: _, ...file } = body;
  return text === "" ? file : { ...file, caption: text };
}

function react(target: StoredEntry, emoji: string, user: string, on: boolean): StoredEntry {
  const { entry } = target;
  const before = entry.changes?.reactions ?? {};
  // Any text may be one, also the name of what every object inherits.
  const users = Object.hasOwn(before, emoji) ? (before[emoji] ?? []) : [];
  if (users.includes(user) === on) return target;
  // Sorted, as the server has them: whoever fetches the message later sees the same list.
  const after = on ? [...users, user].sort() : users.filter((one) => one !== user);
  const { [emoji]: _, ...others } = before;
  const reactions = after.length > 0 ? { ...others, [emoji]: after } : others;
  return { ...target, entry: withChanges(entry, reactions) };
}

/** A message about which nothing is left to say has no `changes`. */
function withChanges(
  entry: NumberedEntry,
  reactions: Changes["reactions"] & object,
): NumberedEntry {
  const { changes: before, ...plain } = entry;
  const { reactions: _, ...rest } = before ?? {};
  const changes: Changes = Object.keys(reactions).length > 0 ? { ...rest, reactions } : rest;
  return Object.keys(changes).length > 0 ? { ...plain, changes } : plain;
}
