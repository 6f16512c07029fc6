import { directConversation } from "../../client/index.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Icon } from "../kit/icon.tsx";
import { Link } from "../route/link.tsx";
import { formatRoute, type Route } from "../route/route.ts";
import { useSay } from "../text/text-context.ts";
import { DEMO_USERS } from "./demo-users.ts";

/** Two people in one window, each in a frame with its own client: nothing here is simulated. */
export function SideBySide() {
  const say = useSay();
  const conversation = directConversation(...DEMO_USERS);
  const [a, b] = DEMO_USERS;
  return (
    <main className="side-by-side">
      <header>
        <Link to={{}} className="button quiet" aria-label={say("leaveTry")}>
          <Icon name="back" /> {say("appName")}
        </Link>
        <ol>
          <li>{say("tryCut", { a, cut: say("labCut"), burst: say("labBurst") })}</li>
          <li>{say("tryHeal", { b, heal: say("labHeal") })}</li>
          <li>{say("tryInfo", { info: say("info") })}</li>
        </ol>
      </header>
      <div className="frames">
        {DEMO_USERS.map((user, index) => {
          const route: Route = { user, conversation, ...(index === 0 && { lab: true }) };
          return (
            <figure key={user}>
              <figcaption>
                <Avatar name={user} small /> {user}
              </figcaption>
              <iframe title={user} src={formatRoute(route)} />
            </figure>
          );
        })}
      </div>
    </main>
  );
}
