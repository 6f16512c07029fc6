import { type ClipboardEvent, useEffect, useRef, useState } from "react";
import { parseConversation } from "../../client/index.ts";
import { useConversation, useObservable } from "../../client/react/index.ts";
import { AttachButton } from "../files/attach-button.tsx";
import { stage, stagedIn } from "../files/staged.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { useSession } from "../session/session-context.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";
import { useThread, WRITE } from "../thread/thread-context.ts";
import { useComposing } from "./drafts.ts";
import { excessOf } from "./excess.ts";
import { IntentStrip } from "./intent-strip.tsx";
import { meantIn, rosterOf } from "./roster.ts";
import { useUnsent } from "./unsent.ts";
import { useComposerKeys } from "./use-composer-keys.ts";
import { useComposerText } from "./use-composer-text.ts";
import { useSubmit } from "./use-submit.ts";

const MentionList = lazyPart(() => import("./mention-list.tsx"));
const StageStrip = lazyPart(() => import("../files/stage-strip.tsx"));

interface ComposerProps {
  readonly conversation: string;
  readonly name: string;
  readonly onSent: () => void;
}

/** Belongs to its conversation for life: what is typed here can't go anywhere else. */
export function Composer({ conversation, name, onSent }: ComposerProps) {
  const say = useSay();
  const { client, user } = useSession();
  const { intent, intend } = useThread();
  const field = useRef<HTMLTextAreaElement>(null);
  const composed = useComposerText(conversation);
  const { text } = composed;
  useComposing(conversation);
  useUnsent(conversation, composed.draft);
  const { group } = useConversation(conversation) ?? {};
  const [problem, setProblem] = useState<string>();
  // What was found here, or came from another device, asks for no list.
  const [isTyped, setTyped] = useState(false);
  const files = stagedIn(conversation);
  const staged = useObservable(files);
  const takeStaged = () => {
    files.set([]);
    return staged;
  };
  const isGroup = parseConversation(conversation)?.kind === "group";
  // Whoever has just made a group writes there before its place is known.
  const mayAll = isGroup && group?.role !== "member";
  const meant = (said: string) =>
    isGroup ? meantIn(said, rosterOf(client, conversation), mayAll) : {};
  const submit = useSubmit(composed, takeStaged, meant, onSent);
  const keys = useComposerKeys(text, submit);
  useEffect(() => {
    // On a touch screen the keyboard would cover half of what was opened to be read.
    const isWanted = intent !== WRITE || matchMedia("(pointer: fine)").matches;
    // It is in view already; a page around this one would jump to it.
    if (isWanted) field.current?.focus({ preventScroll: true });
  }, [intent]);

  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    void stage(conversation, event.clipboardData.files);
  };
  const excess = excessOf(text);
  const isCaption = intent.kind === "edit" && intent.message.content.kind === "file";
  const label = isCaption
    ? say("editCaption")
    : name === say("notes")
      ? say("noteToSelf")
      : say("messageTo", { name });
  const sendLabel = say(intent.kind === "edit" ? "save" : "send");
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {intent.kind !== "write" && <IntentStrip intent={intent} onCancel={() => intend(WRITE)} />}
      {staged.length > 0 && <StageStrip conversation={conversation} />}
      {isGroup && isTyped && intent.kind !== "edit" && text.includes("@") && (
        <MentionList
          conversation={conversation}
          field={field}
          text={text}
          mayAll={mayAll}
          onText={composed.set}
        />
      )}
      <div className="row">
        <textarea
          ref={field}
          data-composer={user}
          rows={1}
          value={text}
          // Without text it is the placeholder that is shown, in the page's direction.
          dir={text === "" ? undefined : "auto"}
          placeholder={label}
          aria-label={label}
          aria-describedby={excess > 0 ? "excess" : undefined}
          enterKeyHint="send"
          onInput={({ currentTarget: { value } }) => {
            composed.set(value);
            setTyped(true);
            if (intent.kind !== "edit") client.typing(conversation, value !== "");
          }}
          onPaste={onPaste}
          {...keys}
        />
        {/* Shown before the field; backwards from the field come the messages. */}
        <div className="attach">
          <AttachButton conversation={conversation} onProblem={setProblem} />
        </div>
        <IconButton
          icon={intent.kind === "edit" ? "check" : "send"}
          type="submit"
          className="send"
          label={sendLabel}
          disabled={(text.trim() === "" && staged.length === 0 && !isCaption) || excess > 0}
        />
      </div>
      {problem !== undefined && (
        <p className="wrong" role="status">
          {problem}
        </p>
      )}
      {excess > 0 && (
        <p id="excess" className="wrong" role="status">
          {say("tooLong", { n: excess })}
        </p>
      )}
    </form>
  );
}
