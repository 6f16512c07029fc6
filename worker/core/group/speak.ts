import type { Content } from "../../../protocol/entries.ts";
import type { ErrorCode } from "../../../protocol/errors.ts";
import type { Role } from "../../../protocol/groups.ts";
import type { Settings } from "../../../protocol/settings.ts";
import { type Change, isChange, refuseChange } from "../changes.ts";
import type { Logged } from "../row.ts";
import type { Management } from "./management.ts";
import { may } from "./rights.ts";
import { type GroupState, isSilenced, type Member } from "./state.ts";

/** What is said in a group, as opposed to about it. */
export type Speech = Exclude<Content, Management>;

/** What is known when a message is judged. */
export interface SpeechScene {
  readonly group: GroupState;
  readonly author: Member;
  /** The message that a change is about, how many edits it has, and its author's role today. */
  readonly target: Logged | undefined;
  readonly edits: number;
  readonly targetRole: Role;
  readonly now: number;
  readonly settings: Settings;
}

/** Whether a member may say this now. Null: yes. */
export function refuseSpeech(content: Speech, scene: SpeechScene): ErrorCode | null {
  const { group, author } = scene;
  const silenced = isSilenced(author, scene.now);
  const mayWrite = !silenced && may("write", author.role, group);
  if (!isChange(content)) return mayWrite ? null : "not-allowed";
  // What was said before one came is not there, for changes either.
  const target = (scene.target?.number ?? 0) < author.from ? undefined : scene.target;
  if (content.kind === "recall") return refuseRecall(content, target, scene);
  const mayReact = !silenced && may("react", author.role, group);
  if (!(content.kind === "edit" ? mayWrite : mayReact)) return "not-allowed";
  return refuseChange(content, target, scene.edits, author.user, scene.now, scene.settings);
}

/** One's own can be taken back by who may not write any more; that of others at any time. */
function refuseRecall(
  content: Extract<Change, { kind: "recall" }>,
  target: Logged | undefined,
  { group, author, targetRole, edits, now, settings }: SpeechScene,
): ErrorCode | null {
  const isOthers = target !== undefined && target.origin.user !== author.user;
  if (!isOthers || !may("recall-other", author.role, group, targetRole)) {
    return refuseChange(content, target, edits, author.user, now, settings);
  }
  const asAuthor = { ...target, at: now };
  return refuseChange(content, asAuthor, edits, target.origin.user, now, settings);
}
