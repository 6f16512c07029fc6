import { directConversation } from "../../client/index.ts";
import { Icon } from "../kit/icon.tsx";
import { Link } from "../route/link.tsx";
import { formatRoute, type Route } from "../route/route.ts";
import { useSay } from "../text/text-context.ts";
import { DEMO_USERS } from "./demo-users.ts";

/** Two people in one window, each in a frame with its own client: nothing here is simulated. */
export function SideBySide() {
  const say = useSay();
  const conversation = directConversation(...DEMO_USERS);
  return (
    <main className="side-by-side">
      <header>
        <Link to={{}} className="button quiet" aria-label={say("leaveTry")}>
          <Icon name="back" /> {say("appName")}
        </Link>
        <p className="hint">{say("tryHint")}</p>
      </header>
      <div className="frames">
        {DEMO_USERS.map((user, index) => {
          const route: Route = { user, conversation, ...(index === 0 && { lab: true }) };
          return <iframe key={user} title={user} src={formatRoute(route)} />;
        })}
      </div>
    </main>
  );
}
