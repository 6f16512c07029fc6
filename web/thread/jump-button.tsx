import { useUnread } from "../../client/react/index.ts";
import { Icon } from "../kit/icon.tsx";
import { useSay } from "../text/text-context.ts";

interface JumpButtonProps {
  readonly conversation: string;
  readonly onJump: () => void;
}

export function JumpButton({ conversation, onJump }: JumpButtonProps) {
  const say = useSay();
  const unread = useUnread(conversation);
  const label = unread > 0 ? say("toNewestCount", { n: unread }) : say("toNewest");
  return (
    <button type="button" className="jump" aria-label={label} title={label} onClick={onJump}>
      <Icon name="down" />
      {unread > 0 && <span aria-hidden="true">{unread}</span>}
    </button>
  );
}
