import { Icon, type IconName } from "../kit/icon.tsx";
import { Menu } from "../kit/menu.tsx";
import { Link } from "../route/link.tsx";
import { formatRoute, type Panel } from "../route/route.ts";
import { useNavigation } from "../route/use-route.ts";
import { forgetCredentials } from "../session/credentials.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

interface Place {
  readonly icon: IconName;
  readonly text: "profile" | "newGroup" | "devices" | "settings" | "shortcuts";
}

const PLACES: readonly Place[] = [
  { icon: "person", text: "profile" },
  { icon: "people", text: "newGroup" },
  { icon: "device", text: "devices" },
  { icon: "settings", text: "settings" },
  { icon: "keyboard", text: "shortcuts" },
];

// lazy() takes a module's default.
export default function RailMenu({ onClose }: { readonly onClose: () => void }) {
  const say = useSay();
  const { user, faults } = useSession();
  const { route, go, replace } = useNavigation();
  const show = (panel: Panel) => {
    onClose();
    go({ ...route, panel });
  };
  const toggleLab = () => {
    const { lab, ...rest } = route;
    onClose();
    replace(lab ? rest : { ...rest, lab: true });
  };
  const second = formatRoute({ user, device: route.device === undefined ? "2" : "3" });
  return (
    <Menu label={say("menu")} onClose={onClose}>
      {PLACES.map(({ icon, text }) => (
        <button key={text} type="button" role="menuitem" onClick={() => show({ kind: text })}>
          <Icon name={icon} /> {say(text)}
        </button>
      ))}
      {faults !== undefined && (
        <>
          <button
            type="button"
            role="menuitemcheckbox"
            aria-checked={route.lab === true}
            onClick={toggleLab}
          >
            <Icon name="lab" /> {say("lab")}
          </button>
          <a role="menuitem" href={second} target="_blank" rel="noopener" onClick={onClose}>
            <Icon name="forward" /> {say("secondDevice")}
          </a>
        </>
      )}
      <Link role="menuitem" to={{}} onClickCapture={() => forgetCredentials(user)}>
        <Icon name="leave" /> {say("signOut")}
      </Link>
    </Menu>
  );
}
