import { useCallback, useEffect, useState } from "react";
import type { GroupMember, GroupRole, SendHandle } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { MemberRow } from "./member-row.tsx";

interface MembersProps {
  readonly conversation: string;
  /** This user's own. */
  readonly role: GroupRole;
  readonly act: (handle: SendHandle) => void;
}

/** As the group knows them now; asked anew when something happened in it. */
export function Members({ conversation, role, act }: MembersProps) {
  const say = useSay();
  const { client } = useSession();
  const [members, setMembers] = useState<readonly GroupMember[]>();
  const [next, setNext] = useState<string>();
  const [failed, setFailed] = useState(false);
  const load = useCallback(
    async (after?: string) => {
      try {
        const page = await client.members(conversation, after);
        setMembers((before = []) =>
          after === undefined ? page.members : [...before, ...page.members],
        );
        setNext(page.next);
      } catch {
        // Without the server, or just removed: what was shown stays.
        setFailed(true);
      }
    },
    [client, conversation],
  );
  useEffect(() => void load(), [load]);
  if (members === undefined)
    return <p className="hint">{say(failed ? "membersOffline" : "loading")}</p>;
  return (
    <section aria-label={say("members")}>
      <h3>{say("memberCount", { n: members.length })}</h3>
      <ul className="members">
        {members.map((member) => (
          <MemberRow
            key={member.user}
            conversation={conversation}
            member={member}
            role={role}
            act={act}
          />
        ))}
      </ul>
      {next !== undefined && (
        <button type="button" className="button quiet" onClick={() => void load(next)}>
          {say("searchMore")}
        </button>
      )}
    </section>
  );
}
