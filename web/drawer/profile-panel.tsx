import { type FormEvent, useEffect, useState } from "react";
import { HoldfastError, type OwnProfile } from "../../client/index.ts";
import { takeProfiles } from "../people/ask-profiles.ts";
import { PersonAvatar } from "../people/person-avatar.tsx";
import { PictureField } from "../people/picture-field.tsx";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { reasonOf } from "../thread/reason.ts";

const NAME_LENGTH = 60;
const HANDLE = "[a-z0-9]([a-z0-9._]{1,30})[a-z0-9]";

/** What others see of this user, and by what they find them. */
export function ProfilePanel() {
  const say = useSay();
  const { client } = useSession();
  const [profile, setProfile] = useState<OwnProfile>();
  const [isLost, setLost] = useState(false);
  useEffect(() => void client.profile().then(setProfile, () => setLost(true)), [client]);
  if (isLost) return <p className="hint">{say("preferencesLost")}</p>;
  if (profile === undefined) return <p className="hint">{say("loading")}</p>;
  return <ProfileForm key={profile.user} profile={profile} />;
}

function ProfileForm({ profile }: { readonly profile: OwnProfile }) {
  const say = useSay();
  const { client } = useSession();
  const [kept, setKept] = useState(profile);
  const [draft, setDraft] = useState(profile);
  const [told, setTold] = useState("");
  const change = (patch: Partial<OwnProfile>) => {
    setTold("");
    setDraft((before) => ({ ...before, ...patch }));
  };
  const save = async (wanted: OwnProfile) => {
    try {
      const saved = await client.setProfile(draftOf(wanted));
      takeProfiles([saved.user], [saved]);
      setKept(saved);
      setTold(say("saved"));
    } catch (error) {
      const code = error instanceof HoldfastError ? error.code : "internal";
      setTold(code === "conflict" ? say("handleTaken") : reasonOf(code, say));
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save({ ...draft, picture: kept.picture ?? "" });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <PictureField
        hasPicture={Boolean(kept.picture)}
        onChosen={async (chosen) => {
          const picture = chosen === undefined ? "" : await client.uploadPicture(chosen);
          await save({ ...kept, picture });
        }}
      >
        <PersonAvatar user={profile.user} />
      </PictureField>
      <label>
        {say("profileName")}
        <input
          value={draft.name ?? ""}
          maxLength={NAME_LENGTH}
          autoComplete="name"
          placeholder={profile.user}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </label>
      <label>
        {say("handle")}
        <input
          dir="ltr"
          value={draft.handle ?? ""}
          maxLength={32}
          pattern={HANDLE}
          title={say("handleRule")}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          onInput={(event) => change({ handle: event.currentTarget.value })}
        />
      </label>
      <p className="hint">{say("handleRule")}</p>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.listed}
          onChange={({ currentTarget: { checked } }) => change({ listed: checked })}
        />{" "}
        {say("listed")}
      </label>
      <button type="submit" className="button primary">
        {say("save")}
      </button>
      <p role="status">{told}</p>
    </form>
  );
}

/** What is left empty is not told at all. */
function draftOf({ handle = "", name = "", picture = "", listed }: OwnProfile) {
  return {
    listed,
    ...(handle !== "" && { handle }),
    ...(name.trim() !== "" && { name: name.trim() }),
    ...(picture !== "" && { picture }),
  };
}
