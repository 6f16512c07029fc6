import { peerOf } from "../../client/index.ts";
import { useBlocked, useConversation, useTyping } from "../../client/react/index.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { useCalled } from "./profiles.ts";
import "../styles/people.css";

// lazy() takes a module's default.
/** Between the messages and the composer: who types, and what is to be decided about the other one. */
export default function ThreadFoot({ conversation }: { readonly conversation: string }) {
  const say = useSay();
  const { user } = useSession();
  const { request, gone } = useConversation(conversation) ?? {};
  const isBlocked = useBlocked().includes(peerOf(conversation, user) ?? "");
  if (gone) return <p className="foot-notice">{say("accountGone")}</p>;
  if (isBlocked) return <Blocked conversation={conversation} />;
  if (request === "pending") return <Request conversation={conversation} />;
  return <Typing conversation={conversation} />;
}

interface PartProps {
  readonly conversation: string;
}

/** Its line is kept free, so that nothing moves when somebody begins. */
function Typing({ conversation }: PartProps) {
  const say = useSay();
  const called = useCalled();
  const [user] = useTyping(conversation);
  return (
    <p className="typing" aria-live="off">
      {user !== undefined && <bdi>{say("types", { name: called(user) })}</bdi>}
    </p>
  );
}

function Request({ conversation }: PartProps) {
  const say = useSay();
  const { client, user } = useSession();
  const name = peerOf(conversation, user) ?? "";
  const answer = (accept: boolean) => settle(client.answerRequest(conversation, accept));
  const block = () => settle(client.block(name));
  return (
    <section className="foot-notice" aria-label={say("requestTitle", { name })}>
      <p>
        <strong>{say("requestTitle", { name })}</strong> {say("requestHint")}
      </p>
      <button type="button" className="button primary" onClick={() => answer(true)}>
        {say("requestAccept")}
      </button>
      <button type="button" className="button" onClick={() => answer(false)}>
        {say("requestDecline")}
      </button>
      <button type="button" className="button quiet" onClick={block}>
        {say("block", { name })}
      </button>
    </section>
  );
}

function Blocked({ conversation }: PartProps) {
  const say = useSay();
  const { client, user } = useSession();
  const name = peerOf(conversation, user) ?? "";
  return (
    <section className="foot-notice" aria-label={say("blockedTitle", { name })}>
      <p>{say("blockedTitle", { name })}</p>
      <button type="button" className="button" onClick={() => settle(client.block(name, false))}>
        {say("unblock", { name })}
      </button>
    </section>
  );
}

/** Without the server nothing is decided: the question stays. */
function settle(done: Promise<void>): void {
  done.catch(() => undefined);
}
