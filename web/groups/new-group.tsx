import { type FormEvent, useState } from "react";
import { Avatar } from "../kit/avatar.tsx";
import { ChosenPicture } from "../people/chosen-picture.tsx";
import { PictureField } from "../people/picture-field.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { namesIn } from "./names.ts";
import "../styles/groups.css";

/** Works without a network, unless it has a picture: what is written there goes after it. */
export function NewGroup() {
  const say = useSay();
  const { client, user } = useSession();
  const { route, go } = useNavigation();
  const [title, setTitle] = useState("");
  const [people, setPeople] = useState("");
  const [picture, setPicture] = useState<Blob>();
  const [progress, setProgress] = useState<"choosing" | "uploading" | "refused">("choosing");
  const names = namesIn(people);
  const make = async (members: readonly string[]) => {
    setProgress("uploading");
    const uploaded = picture && (await client.uploadPicture(picture).catch(() => undefined));
    if (picture !== undefined && uploaded === undefined) return setProgress("refused");
    const shown = uploaded === undefined ? {} : { picture: uploaded };
    const { conversation } = client.createGroup({ title: title.trim(), members, ...shown });
    const { panel: _, ...rest } = route;
    go({ ...rest, conversation });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() !== "" && names) void make(names.filter((name) => name !== user));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <PictureField hasPicture={picture !== undefined} onChosen={setPicture}>
        <Avatar name={title.trim() || say("group")} seed={user}>
          {picture && <ChosenPicture picture={picture} />}
        </Avatar>
      </PictureField>
      <label>
        {say("groupTitle")}
        <input
          value={title}
          maxLength={60}
          autoComplete="off"
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
      </label>
      <label>
        {say("groupPeople")}
        <textarea
          rows={3}
          value={people}
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={names === undefined}
          onInput={(event) => setPeople(event.currentTarget.value)}
        />
      </label>
      <p className={names === undefined ? "wrong" : "hint"}>{say("groupPeopleHint")}</p>
      <button
        type="submit"
        className="button primary"
        disabled={title.trim() === "" || names === undefined || progress === "uploading"}
      >
        {say("createGroup")}
      </button>
      {progress === "refused" && (
        <p role="alert" className="wrong">
          {say("pictureRefused")}
        </p>
      )}
    </form>
  );
}
