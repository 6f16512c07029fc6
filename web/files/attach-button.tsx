import { useState } from "react";
import { IconButton } from "../kit/icon-button.tsx";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";

const AttachMenu = lazyPart(() => import("./attach-menu.tsx"));

interface AttachButtonProps {
  readonly conversation: string;
  readonly onProblem: (text: string | undefined) => void;
}

export function AttachButton({ conversation, onProblem }: AttachButtonProps) {
  const say = useSay();
  const [isOpen, setOpen] = useState(false);
  return (
    <span className="attach">
      <IconButton
        icon="attach"
        label={say("attach")}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => {
          onProblem(undefined);
          setOpen(!isOpen);
        }}
      />
      {isOpen && (
        <AttachMenu
          conversation={conversation}
          onClose={() => setOpen(false)}
          onProblem={onProblem}
        />
      )}
    </span>
  );
}
