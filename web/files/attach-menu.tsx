import { useRef, useState } from "react";
import { Icon } from "../kit/icon.tsx";
import { Menu } from "../kit/menu.tsx";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { ContactDialog } from "./contact-dialog.tsx";
import { stage } from "./staged.ts";

interface AttachMenuProps {
  readonly conversation: string;
  readonly onClose: () => void;
  readonly onProblem: (text: string) => void;
}

const LOCATE_MS = 15_000;

// lazy() takes a module's default.
/** What a message may have beside text. */
export default function AttachMenu({ conversation, onClose, onProblem }: AttachMenuProps) {
  const say = useSay();
  const { client } = useSession();
  const picker = useRef<HTMLInputElement>(null);
  const [choosing, setChoosing] = useState(false);
  if (choosing) return <ContactDialog conversation={conversation} onClose={onClose} />;
  const locate = () => {
    onClose();
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) => {
        const accuracyM = Math.round(accuracy);
        client.send(conversation, { kind: "location", latitude, longitude, accuracyM });
      },
      () => onProblem(say("noLocation")),
      { enableHighAccuracy: true, timeout: LOCATE_MS },
    );
  };
  return (
    <Menu className="attach-menu" label={say("attach")} onClose={onClose}>
      <button type="button" role="menuitem" onClick={() => picker.current?.click()}>
        <Icon name="file" /> {say("attachFile")}
      </button>
      <button type="button" role="menuitem" onClick={locate}>
        <Icon name="place" /> {say("attachPlace")}
      </button>
      <button type="button" role="menuitem" onClick={() => setChoosing(true)}>
        <Icon name="person" /> {say("attachContact")}
      </button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={say("attachFile")}
        onChange={({ currentTarget: { files } }) => {
          void stage(conversation, files ?? []);
          onClose();
        }}
      />
    </Menu>
  );
}
