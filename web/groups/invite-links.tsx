import { useCallback, useEffect, useState } from "react";
import type { GroupLink } from "../../client/index.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { formatRoute } from "../route/route.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

/** Addresses that let people in, for the group's admins. */
export function InviteLinks({ conversation }: { readonly conversation: string }) {
  const say = useSay();
  const { client } = useSession();
  const [links, setLinks] = useState<readonly GroupLink[]>([]);
  const load = useCallback(
    () =>
      // Without the server there are none to show, nor could anybody join by one.
      client.links(conversation).then(setLinks, () => undefined),
    [client, conversation],
  );
  useEffect(() => void load(), [load]);
  const after = (done: Promise<unknown>) => void done.then(load, load);
  const addressOf = (token: string) =>
    `${location.origin}${formatRoute({ conversation, join: token })}`;
  return (
    <section aria-label={say("inviteLinks")}>
      <h3>{say("inviteLinks")}</h3>
      <ul className="links">
        {links.map(({ link, token }) => (
          <li key={link}>
            <input readOnly dir="ltr" aria-label={say("inviteLink")} value={addressOf(token)} />
            <IconButton
              icon="copy"
              label={say("copy")}
              // Without the clipboard's permission it can still be marked and copied.
              onClick={() =>
                void navigator.clipboard.writeText(addressOf(token)).catch(() => undefined)
              }
            />
            <IconButton
              icon="trash"
              label={say("endLink")}
              onClick={() => after(client.revokeLink(conversation, link).accepted)}
            />
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="button"
        onClick={() => after(client.createLink(conversation).handle.accepted)}
      >
        {say("newLink")}
      </button>
    </section>
  );
}
