import { type FormEvent, useState } from "react";
import type { GroupPlace, SendHandle } from "../../client/index.ts";
import { ConversationAvatar } from "../people/person-avatar.tsx";
import { PictureField } from "../people/picture-field.tsx";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

interface GroupTermsProps {
  readonly conversation: string;
  readonly group: GroupPlace;
  readonly act: (handle: SendHandle) => void;
}

/** Read by all its members, changed by its admins. */
export function GroupTerms({ conversation, group, act }: GroupTermsProps) {
  const say = useSay();
  const { client } = useSession();
  const [title, setTitle] = useState(group.title);
  const [about, setAbout] = useState(group.about ?? "");
  const { writers, inviters } = group;
  if (group.role === "member") {
    return (
      <>
        <div className="portrait">
          <ConversationAvatar conversation={{ id: conversation, group }} />
          <h3 dir="auto">{group.title}</h3>
        </div>
        {group.about !== undefined && <p dir="auto">{group.about}</p>}
      </>
    );
  }
  const changed = title !== group.title || about !== (group.about ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() !== "") act(client.changeGroup(conversation, { title: title.trim(), about }));
  };
  const right = (name: "writers" | "inviters", value: "all" | "admins") => (
    <label>
      {say(name)}
      <select
        value={value}
        onChange={(event) => {
          const chosen = event.currentTarget.value === "all" ? "all" : "admins";
          act(client.changeGroup(conversation, { [name]: chosen }));
        }}
      >
        <option value="all">{say("everyone")}</option>
        <option value="admins">{say("adminsOnly")}</option>
      </select>
    </label>
  );
  return (
    <form className="stack" onSubmit={submit}>
      <PictureField
        hasPicture={Boolean(group.picture)}
        onChosen={async (chosen) => {
          const picture = chosen === undefined ? "" : await client.uploadPicture(chosen);
          act(client.changeGroup(conversation, { picture }));
        }}
      >
        <ConversationAvatar conversation={{ id: conversation, group }} />
      </PictureField>
      <label>
        {say("groupTitle")}
        <input
          value={title}
          maxLength={60}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
      </label>
      <label>
        {say("groupAbout")}
        <textarea
          rows={2}
          value={about}
          maxLength={300}
          onInput={(event) => setAbout(event.currentTarget.value)}
        />
      </label>
      {changed && (
        <button type="submit" className="button primary">
          {say("save")}
        </button>
      )}
      {right("writers", writers)}
      {right("inviters", inviters)}
    </form>
  );
}
