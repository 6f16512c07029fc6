/** What a user keeps for themself, as a server of a few lines: the newest of a kind counts. */
import { arranged, PLAIN_ARRANGEMENT } from "../../../protocol/arrange.ts";
import type { ClientFrame } from "../../../protocol/client-frames.ts";
import type { Body } from "../../../protocol/entries.ts";
import { directConversation } from "../../../protocol/names.ts";
import type { Arrangement, Draft, Folder } from "../../../protocol/personal.ts";
import type { ConversationState, ServerFrame } from "../../../protocol/server-frames.ts";

type Frame = Extract<ClientFrame, { t: "arrange" | "folders" | "draft" }>;

export class PersonalServer {
  readonly arrangements = new Map<string, Arrangement>();
  readonly drafts = new Map<string, Draft>();
  folders: readonly Folder[] = [];
  readonly #user: string;
  readonly #note: (conversation: string, body: Body) => void;

  constructor(user: string, note: (conversation: string, body: Body) => void) {
    this.#user = user;
    this.#note = note;
  }

  take(frame: Frame, device: string): ServerFrame {
    const { ref } = frame;
    if (frame.t === "arrange") this.#arrange(frame.conversation, frame.change);
    else if (frame.t === "folders") {
      this.folders = frame.folders;
      const notes = directConversation(this.#user, this.#user);
      this.#note(notes, { kind: "folders", folders: frame.folders });
    } else if (!this.#draft(frame, device)) {
      return { t: "error", of: "draft", ref, error: { code: "conflict", field: "base" } };
    }
    return { t: "done", ref };
  }

  end(conversation: string, named: number, device: string): void {
    const draft = this.drafts.get(conversation);
    if (draft === undefined || draft.text === "") return;
    if (draft.version > named && draft.device !== device) return;
    this.#write(conversation, { version: draft.version + 1, device, text: "" });
  }

  read(conversation: string): void {
    const arrangement = this.arrangements.get(conversation);
    if (arrangement === undefined) return;
    this.arrangements.set(conversation, { ...arrangement, markedUnread: false });
  }

  stateOf(conversation: string): Pick<ConversationState, "arrangement" | "draft"> {
    const arrangement = this.arrangements.get(conversation);
    const draft = this.drafts.get(conversation);
    return {
      ...(arrangement && { arrangement: { kind: "arrangement", ...arrangement } }),
      ...(draft && { draft: { kind: "draft", ...draft } }),
    };
  }

  #arrange(conversation: string, change: Extract<Frame, { t: "arrange" }>["change"]): void {
    const after = arranged(this.arrangements.get(conversation) ?? PLAIN_ARRANGEMENT, change);
    this.arrangements.set(conversation, after);
    this.#note(conversation, { kind: "arrangement", ...after });
  }

  #draft(frame: Extract<Frame, { t: "draft" }>, device: string): boolean {
    const { conversation, base, text, replyTo } = frame;
    const before = this.drafts.get(conversation);
    const { version = 0 } = before ?? {};
    const isThere = (before?.text ?? "") === text && before?.replyTo === replyTo;
    const isRepeat = before?.device === device && version === base + 1;
    if (base !== version && !(isThere && isRepeat)) return false;
    const quote = replyTo === undefined ? {} : { replyTo };
    if (!isThere) this.#write(conversation, { version: version + 1, device, text, ...quote });
    return true;
  }

  #write(conversation: string, draft: Draft): void {
    this.drafts.set(conversation, draft);
    this.#note(conversation, { kind: "draft", ...draft });
  }
}
