import { mayInvite } from "../../client/index.ts";
import { useConversation } from "../../client/react/index.ts";
import { TtlSetting } from "../drawer/ttl-setting.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { AddPeople } from "./add-people.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { GroupTerms } from "./group-terms.tsx";
import { InviteLinks } from "./invite-links.tsx";
import { Members } from "./members.tsx";
import "../styles/groups.css";
import { useDoing } from "./use-doing.ts";

/** About the group that is shown: what it is called, who is in it, who may come and write. */
export function GroupPanel() {
  const say = useSay();
  const { client } = useSession();
  const { route } = useNavigation();
  const [failure, act] = useDoing();
  const { conversation = "" } = route;
  const { group, head, ttlSeconds } = useConversation(conversation) ?? {};
  if (group === undefined) return <p className="hint">{say("groupUnknown")}</p>;
  if (group.state !== "member") return <p className="hint">{say(`place_${group.state}`)}</p>;
  const manages = group.role !== "member";
  return (
    <div className="stack">
      <GroupTerms key={group.title} conversation={conversation} group={group} act={act} />
      <p role="status" className="wrong">
        {failure}
      </p>
      {manages && (
        <TtlSetting
          seconds={ttlSeconds}
          onChoose={(seconds) => act(client.setTtl(conversation, seconds))}
        />
      )}
      {mayInvite({ group }) && <AddPeople conversation={conversation} act={act} />}
      <Members key={head} conversation={conversation} role={group.role} act={act} />
      {manages && <InviteLinks conversation={conversation} />}
      <ConfirmButton
        text={say("leaveGroup")}
        confirmation={say("leaveAsk")}
        onConfirmed={() => act(client.leave(conversation))}
      />
    </div>
  );
}
