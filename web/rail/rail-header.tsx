import { useState } from "react";
import { Avatar } from "../kit/avatar.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { lazyPart } from "../text/lazy-part.tsx";
import { useSay } from "../text/text-context.ts";

const RailMenu = lazyPart(() => import("./rail-menu.tsx"));

export function RailHeader() {
  const { user } = useSession();
  const { route } = useNavigation();
  const say = useSay();
  const [open, setOpen] = useState(false);
  return (
    <header className="rail-header">
      <Avatar name={user} />
      <h2>
        <bdi>{user}</bdi>
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
