import { type Body, type Changes, type Content, isCountable } from "../../protocol/entries.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Settings } from "../../protocol/settings.ts";
import type { Logged } from "./row.ts";

/**
 * Edits, recalls and reactions are entries of the log like any other. Here is what they do to the
 * row of the message that they are about. All of it commutes with redelivery: applying an entry
 * twice, or meeting a late duplicate of the original, changes nothing.
 */
export type Change = Extract<Content, { kind: "edit" | "recall" | "reaction" }>;

export function isChange(body: Body): body is Change {
  return body.kind === "edit" || body.kind === "recall" || body.kind === "reaction";
}

/**
 * Whether `author` may make this change now: judged once, by the home. Null: yes. `edits` is how
 * many the target has.
 */
export function refuseChange(
  change: Change,
  target: Logged | undefined,
  edits: number,
  author: string,
  now: number,
  settings: Settings,
): ErrorCode | null {
  if (target === undefined) return "not-found";
  if (target.body.kind === "recalled" || target.body.kind === "expired") return "gone";
  if (!isCountable(target.body)) return "not-allowed";
  if (change.kind === "reaction") return refuseReaction(change, target.changes ?? {}, author);
  if (target.origin.user !== author) return "not-allowed";
  const windowMs = change.kind === "edit" ? settings.editWindowMs : settings.recallWindowMs;
  if (now - target.at > windowMs) return "too-late";
  if (change.kind === "recall") return null;
  if (edits >= LIMITS.editsPerMessage) return "too-big";
  const isCaption = target.body.kind === "file";
  return isCaption || (target.body.kind === "text" && change.text !== "") ? null : "not-allowed";
}

function refuseReaction(
  change: Extract<Change, { kind: "reaction" }>,
  changes: Changes,
  author: string,
): ErrorCode | null {
  const reactions = changes.reactions ?? {};
  const known = Object.hasOwn(reactions, change.emoji);
  if (change.on && !known && Object.keys(reactions).length >= LIMITS.emojiPerMessage) {
    return "too-big";
  }
  // Taking back what was never given is refused rather than numbered.
  return change.on || (known && reactions[change.emoji]?.includes(author)) ? null : "not-found";
}

/** What the target's row becomes once the entry `number` by `author` is applied. */
export function applyChange(
  target: Logged,
  change: Change,
  number: number,
  author: string,
): Pick<Logged, "body" | "changes"> {
  if (target.body.kind === "recalled" || target.body.kind === "expired") return target;
  switch (change.kind) {
    case "recall":
      return { body: { kind: "recalled", by: author }, changes: null };
    case "edit":
      if ((target.changes?.edited ?? 0) >= number) return target;
      return reworded(target, change.text, { ...target.changes, edited: number });
    case "reaction":
      return { body: target.body, changes: react(target.changes ?? {}, change, author) };
  }
}

/** A file's words are its caption; what has none stays as it is. */
function reworded(
  target: Logged,
  text: string,
  changes: Changes,
): Pick<Logged, "body" | "changes"> {
  const { body } = target;
  if (body.kind === "text") return { body: { ...body, text }, changes };
  if (body.kind !== "file") return target;
  const { caption: _, ...file } = body;
  return { body: text === "" ? file : { ...file, caption: text }, changes };
}

function react(
  changes: Changes,
  change: Extract<Change, { kind: "reaction" }>,
  author: string,
): Changes | null {
  const reactions = new Map(Object.entries(changes.reactions ?? {}));
  const others = (reactions.get(change.emoji) ?? []).filter((user) => user !== author);
  const users = change.on ? [...others, author].sort() : others;
  if (users.length > 0) reactions.set(change.emoji, users);
  else reactions.delete(change.emoji);
  const { reactions: _, ...kept } = changes;
  if (reactions.size > 0) return { ...kept, reactions: Object.fromEntries(reactions) };
  return Object.keys(kept).length === 0 ? null : kept;
}
