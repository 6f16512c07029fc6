import { useState } from "react";
import { IconButton } from "../kit/icon-button.tsx";
import { PersonAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";

const RailMenu = lazyPart(() => import("./rail-menu.tsx"));

export function RailHeader() {
  const { user } = useSession();
  const { route } = useNavigation();
  const say = useSay();
  const called = useCalled();
  const [open, setOpen] = useState(false);
  return (
    <header className="rail-header">
      <PersonAvatar user={user} />
      <h2>
        <bdi>{called(user)}</bdi>
        {route.device !== undefined && <span className="slot">#{route.device}</span>}
      </h2>
      <div className="menu-anchor">
        <IconButton
          icon="menu"
          label={say("menu")}
          aria-haspopup="menu"
          aria-expanded={open}
          onClick={() => setOpen(true)}
        />
        {open && <RailMenu onClose={() => setOpen(false)} />}
      </div>
    </header>
  );
}
