import { useLayoutEffect, useRef } from "react";
import { GroupPanel } from "../groups/group-panel.tsx";
import { NewGroup } from "../groups/new-group.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { Scroller } from "../kit/scroller.tsx";
import type { Panel } from "../route/route.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSay } from "../text/text-context.ts";
import { Devices } from "./devices.tsx";
import { MessageInfo } from "./message-info.tsx";
import { PersonPanel } from "./person-panel.tsx";
import { ProfilePanel } from "./profile-panel.tsx";
import { Settings } from "./settings.tsx";
import { Shortcuts } from "./shortcuts.tsx";

/** Right beside the conversation; on a narrow screen over it. */
export default function Drawer({ panel }: { readonly panel: Panel }) {
  const say = useSay();
  const { route, go } = useNavigation();
  const drawer = useRef<HTMLElement>(null);
  // Before it is seen: a key pressed then must not act on what had the focus.
  useLayoutEffect(() => {
    const before = document.activeElement;
    drawer.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      else document.querySelector<HTMLElement>("[data-composer]")?.focus();
    };
  }, []);
  const close = () => {
    const { panel: _, ...rest } = route;
    go(rest);
  };
  return (
    <aside ref={drawer} className="drawer" tabIndex={-1} aria-labelledby="drawer-title">
      <header>
        <h2 id="drawer-title">{say(panel.kind)}</h2>
        <IconButton icon="close" label={say("close")} onClick={close} />
      </header>
      <Scroller className="drawer-body" label={say(panel.kind)}>
        <PanelBody panel={panel} />
      </Scroller>
    </aside>
  );
}

function PanelBody({ panel }: { readonly panel: Panel }) {
  switch (panel.kind) {
    case "devices":
      return <Devices />;
    case "settings":
      return <Settings />;
    case "shortcuts":
      return <Shortcuts />;
    case "newGroup":
      return <NewGroup />;
    case "profile":
      return <ProfilePanel />;
    case "person":
      return <PersonPanel />;
    case "group":
      return <GroupPanel />;
    case "info":
      return <MessageInfo key={panel.message} id={panel.message} />;
  }
}
