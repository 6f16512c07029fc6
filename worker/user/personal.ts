import { arranged } from "../../protocol/arrange.ts";
import type { ClientFrame } from "../../protocol/client-frames.ts";
import { directConversation, peerOf } from "../../protocol/ids.ts";
import type { SubmitResult } from "../../protocol/server-frames.ts";
import { arrangementOf } from "../core/personal.ts";
import type { LiveSession } from "../core/session.ts";
import { answer, refuse, send, type Turn, type Waiting } from "./turn.ts";
import { knowsConversation } from "./visible.ts";

/**
 * What a user keeps for themself: private rows of the timeline, which all devices follow. Each frame
 * may come twice: whatever is so already is done, and costs no row.
 */
type Frame<T extends ClientFrame["t"]> = Extract<ClientFrame, { t: T }>;

export function arrange(turn: Turn, session: LiveSession, frame: Frame<"arrange">): void {
  const { ref, conversation, change } = frame;
  if (!isOwn(turn, conversation)) {
    return refuse(turn, session.id, "not-found", { of: "arrange", ref });
  }
  const { timeline } = turn.memory;
  const before = arrangementOf(timeline.conversation(conversation));
  const after = arranged(before, change);
  if (!isSame(before, after)) {
    timeline.appendPrivate(conversation, { kind: "arrangement", ...after }, turn.now);
  }
  send(turn, session.id, { t: "done", ref });
}

export function setFolders(turn: Turn, session: LiveSession, frame: Frame<"folders">): void {
  const { timeline, me } = turn.memory;
  const notes = directConversation(me, me);
  const { ref, folders } = frame;
  if (!isSame(timeline.conversation(notes).folders ?? [], folders)) {
    timeline.appendPrivate(notes, { kind: "folders", folders }, turn.now);
  }
  send(turn, session.id, { t: "done", ref });
}

/** Only what continues the newest version takes its place: what was sent or deleted stays so. */
export function keepDraft(turn: Turn, session: LiveSession, frame: Frame<"draft">): void {
  const { ref, conversation, base, text, replyTo } = frame;
  if (!isOwn(turn, conversation)) {
    return refuse(turn, session.id, "not-found", { of: "draft", ref });
  }
  const { draft } = turn.memory.timeline.conversation(conversation);
  const { version = 0 } = draft ?? {};
  const isThere = (draft?.text ?? "") === text && draft?.replyTo === replyTo;
  const isRepeat = draft?.device === session.device && version === base + 1;
  if (base !== version && !(isThere && isRepeat)) {
    return refuse(turn, session.id, "conflict", { of: "draft", ref, field: "base" });
  }
  if (!isThere) writeDraft(turn, conversation, session.device, text, replyTo);
  send(turn, session.id, { t: "done", ref });
}

/** The answer to a submitted message: with its promise ends the draft that it was made from. */
export function conclude(turn: Turn, one: Waiting, result: SubmitResult): void {
  if (result.error === undefined) endDraft(turn, one);
  answer(turn, one.session, result);
}

/** A device names no newer version than it has seen, but what it wrote itself it has seen too. */
function endDraft(turn: Turn, { conversation, append, draft: named }: Waiting): void {
  const { draft } = turn.memory.timeline.conversation(conversation);
  if (named === undefined || draft === undefined || draft.text === "") return;
  const { device } = append.origin;
  if (draft.version <= named || draft.device === device) writeDraft(turn, conversation, device, "");
}

function writeDraft(
  turn: Turn,
  conversation: string,
  device: string,
  text: string,
  replyTo?: number,
): void {
  const { timeline } = turn.memory;
  const version = (timeline.conversation(conversation).draft?.version ?? 0) + 1;
  const quote = replyTo === undefined ? {} : { replyTo };
  const body = { kind: "draft", version, device, text, ...quote } as const;
  timeline.appendPrivate(conversation, body, turn.now);
}

/** One may arrange, and begin to write, before there is anything: that nobody else ever sees. */
function isOwn(turn: Turn, conversation: string): boolean {
  return (
    peerOf(conversation, turn.memory.me) !== undefined || knowsConversation(turn, conversation)
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
