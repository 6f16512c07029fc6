import { useEffect, useRef } from "react";
import { IconButton } from "../kit/icon-button.tsx";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { useThread, WRITE } from "../thread/thread-context.ts";
import { useComposing } from "./drafts.ts";
import { excessOf } from "./excess.ts";
import { IntentStrip } from "./intent-strip.tsx";
import { useUnsent } from "./unsent.ts";
import { useComposerKeys } from "./use-composer-keys.ts";
import { useComposerText } from "./use-composer-text.ts";
import { useSubmit } from "./use-submit.ts";

interface ComposerProps {
  readonly conversation: string;
  readonly name: string;
  readonly onSent: () => void;
}

/** Belongs to its conversation for life: what is typed here can't go anywhere else. */
export function Composer({ conversation, name, onSent }: ComposerProps) {
  const say = useSay();
  const { user } = useSession();
  const { intent, intend } = useThread();
  const field = useRef<HTMLTextAreaElement>(null);
  const composed = useComposerText(conversation);
  const { text } = composed;
  useComposing(conversation);
  useUnsent(conversation, composed.draft);
  const submit = useSubmit(composed, onSent);
  const keys = useComposerKeys(text, submit);
  useEffect(() => {
    // On a touch screen the keyboard would cover half of what was opened to be read.
    if (intent !== WRITE || matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, [intent]);

  const excess = excessOf(text);
  const label = name === say("notes") ? say("noteToSelf") : say("messageTo", { name });
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
          onInput={(event) => composed.set(event.currentTarget.value)}
          {...keys}
        />
        <IconButton
          icon={intent.kind === "edit" ? "check" : "send"}
          type="submit"
          className="send"
          label={sendLabel}
          disabled={text.trim() === "" || excess > 0}
        />
      </div>
      {excess > 0 && (
        <p id="excess" className="wrong" role="status">
          {say("tooLong", { n: excess })}
        </p>
      )}
    </form>
  );
}
