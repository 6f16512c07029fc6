import { useCallback, useEffect, useState } from "react";
import type { ReceiptsPage } from "../../client/index.ts";
import { Icon } from "../kit/icon.tsx";
import { PersonAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

const REFRESH_MS = 4_000;

interface ReceiptsProps {
  readonly conversation: string;
  readonly number: number;
}

/** Of a group: how many of the others have the message, and who; page by page. */
export function Receipts({ conversation, number }: ReceiptsProps) {
  const say = useSay();
  const { client } = useSession();
  const [first, setFirst] = useState<ReceiptsPage>();
  const [further, setFurther] = useState<readonly ReceiptsPage[]>([]);
  const [isLost, setLost] = useState(false);
  const lost = useCallback(() => setLost(true), []);
  useEffect(() => {
    const take = (page: ReceiptsPage) => {
      setFirst(page);
      setLost(false);
    };
    const ask = () => void client.receipts(conversation, number).then(take, lost);
    ask();
    const timer = setInterval(ask, REFRESH_MS);
    return () => clearInterval(timer);
  }, [client, conversation, number, lost]);
  if (first === undefined)
    return <p className="hint">{say(isLost ? "membersOffline" : "loading")}</p>;
  const pages = [first, ...further];
  const next = pages.at(-1)?.next;
  const more = () => {
    const add = (page: ReceiptsPage) => setFurther([...further, page]);
    void client.receipts(conversation, number, next).then(add, lost);
  };
  const { delivered, read, of } = first;
  return (
    <section className="receipts" aria-label={say("receiptsOf")}>
      <h3>{say("receiptsOf")}</h3>
      <p>{say("deliveredTo", { delivered, of })}</p>
      <p>{say("readBy", { read, of })}</p>
      <ul className="members">
        {pages.flatMap(({ members }) =>
          members.map((member) => <Receipt key={member.user} {...member} />),
        )}
      </ul>
      {next !== undefined && (
        <button type="button" className="button quiet" onClick={more}>
          {say("searchMore")}
        </button>
      )}
    </section>
  );
}

type ReceiptProps = ReceiptsPage["members"][number];

function Receipt({ user, delivered, read }: ReceiptProps) {
  const say = useSay();
  const called = useCalled();
  const word = read ? "stateRead" : delivered ? "stateDelivered" : "stateSent";
  return (
    <li data-member={user} data-state={word}>
      <PersonAvatar user={user} small />
      <bdi className="who">{called(user)}</bdi>
      <span className={read ? "tick read" : "tick"}>
        <Icon name={delivered ? "checks" : "check"} /> {say(word)}
      </span>
    </li>
  );
}
