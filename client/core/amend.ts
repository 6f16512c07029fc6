/** What later entries make of an earlier one, the same way on every device and in any repetition. */
import type { Body, Entry } from "../../protocol/entries.ts";
import type { StoredEntry } from "../store.ts";

export type NumberedEntry = StoredEntry["entry"];

export function isNumbered(entry: Entry): entry is NumberedEntry {
  return entry.number !== undefined;
}

/** Whether it counts as unread; the server counts the same way. */
export function isCountable(body: Body): boolean {
  return body.kind === "text" || body.kind === "custom";
}

/** Whether it has a place of its own in the list of messages. */
export function isShown(body: Body): boolean {
  return isCountable(body) || body.kind === "recalled" || body.kind === "placeholder";
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

/** An edit of a recalled message keeps its place and says nothing any more. */
export function blankEdit(stored: StoredEntry): StoredEntry {
  const { body } = stored.entry;
  return body.kind === "edit"
    ? { ...stored, entry: { ...stored.entry, body: { ...body, text: "" } } }
    : stored;
}

function replaceBody(stored: StoredEntry, body: Body): StoredEntry {
  const { changes: _, ...entry } = stored.entry;
  return { ...stored, entry: { ...entry, body } };
}

function edit(target: StoredEntry, number: number, text: string): StoredEntry {
  const { entry } = target;
  if (entry.body.kind !== "text" || number <= (entry.changes?.edited ?? 0)) return target;
  const changes = { ...entry.changes, edited: number };
  return { ...target, entry: { ...entry, body: { ...entry.body, text }, changes } };
}

function react(target: StoredEntry, emoji: string, user: string, on: boolean): StoredEntry {
  const { entry } = target;
  const before = entry.changes?.reactions ?? {};
  const users = before[emoji] ?? [];
  if (users.includes(user) === on) return target;
  const after = on ? [...users, user] : users.filter((one) => one !== user);
  const { [emoji]: _, ...others } = before;
  const reactions = after.length > 0 ? { ...others, [emoji]: after } : others;
  return { ...target, entry: { ...entry, changes: { ...entry.changes, reactions } } };
}
