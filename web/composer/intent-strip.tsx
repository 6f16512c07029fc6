import { Icon } from "../kit/icon.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { previewOf } from "../kit/preview.ts";
import { useCalled } from "../people/profiles.ts";
import { useSay } from "../text/text-context.ts";
import type { Intent } from "../thread/thread-context.ts";

interface IntentStripProps {
  readonly intent: Exclude<Intent, { readonly kind: "write" }>;
  readonly onCancel: () => void;
}

/** What the next message answers or replaces. */
export function IntentStrip({ intent, onCancel }: IntentStripProps) {
  const say = useSay();
  const called = useCalled();
  const message = intent.kind === "reply" ? intent.to : intent.message;
  const name = message.own ? say("you") : called(message.from);
  const editing = () => say(message.content.kind === "file" ? "editCaption" : "editing");
  const title = intent.kind === "reply" ? say("replyingTo", { name }) : editing();
  return (
    <div className="intent">
      <Icon name={intent.kind} />
      <p>
        <strong>{title}</strong>
        <span dir="auto">{previewOf(message, say, called)}</span>
      </p>
      <IconButton icon="close" label={say("cancel")} onClick={onCancel} />
    </div>
  );
}
