import { type FormEvent, useState } from "react";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { namesIn } from "./names.ts";
import "../styles/groups.css";

/** Works without a network: what is written there goes after it. */
export function NewGroup() {
  const say = useSay();
  const { client, user } = useSession();
  const { route, go } = useNavigation();
  const [title, setTitle] = useState("");
  const [people, setPeople] = useState("");
  const names = namesIn(people);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() === "" || names === undefined) return;
    const members = names.filter((name) => name !== user);
    const { conversation } = client.createGroup({ title: title.trim(), members });
    const { panel: _, ...rest } = route;
    go({ ...rest, conversation });
  };
  return (
    <form className="stack" onSubmit={submit}>
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
        disabled={title.trim() === "" || names === undefined}
      >
        {say("createGroup")}
      </button>
    </form>
  );
}
