import type { GroupMember, GroupRole, SendHandle } from "../../client/index.ts";
import { PersonAvatar } from "../people/person-avatar.tsx";
import { useCalled } from "../people/profiles.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { ConfirmButton } from "./confirm-button.tsx";

interface MemberRowProps {
  readonly conversation: string;
  readonly member: GroupMember;
  /** Of who looks. */
  readonly role: GroupRole;
  readonly act: (handle: SendHandle) => void;
}

const ROLES: readonly GroupRole[] = ["member", "admin", "owner"];

export function MemberRow({ conversation, member, role, act }: MemberRowProps) {
  const say = useSay();
  const { client, user } = useSession();
  const called = useCalled();
  const name = called(member.user);
  const mine = member.user === user;
  const manages = !mine && (role === "owner" || (role === "admin" && member.role === "member"));
  return (
    <li data-member={member.user}>
      <PersonAvatar user={member.user} small />
      <span className="who">
        <bdi>{name}</bdi> {name !== member.user && <bdi className="hint">{member.user}</bdi>}{" "}
        {mine && <span className="tag">{say("you")}</span>}
      </span>
      {role === "owner" && !mine ? (
        <select
          aria-label={say("roleOf", { name: member.user })}
          value={member.role}
          onChange={(event) => {
            const chosen = ROLES.find((one) => one === event.currentTarget.value) ?? "member";
            act(client.setRole(conversation, member.user, chosen));
          }}
        >
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {say(`role_${one}`)}
            </option>
          ))}
        </select>
      ) : (
        member.role !== "member" && <span className="tag">{say(`role_${member.role}`)}</span>
      )}
      {manages && (
        <ConfirmButton
          text={say("removeMember")}
          confirmation={say("removeAsk", { name: member.user })}
          onConfirmed={() => act(client.removeMembers(conversation, [member.user]))}
        />
      )}
    </li>
  );
}
