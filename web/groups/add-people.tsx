import { type FormEvent, useState } from "react";
import type { SendHandle } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";
import { namesIn } from "./names.ts";

interface AddPeopleProps {
  readonly conversation: string;
  readonly act: (handle: SendHandle) => void;
}

export function AddPeople({ conversation, act }: AddPeopleProps) {
  const say = useSay();
  const { client } = useSession();
  const [people, setPeople] = useState("");
  const names = namesIn(people) ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (names.length === 0) return;
    act(client.addMembers(conversation, names));
    setPeople("");
  };
  return (
    <form className="field-row" onSubmit={submit}>
      <input
        value={people}
        aria-label={say("addPeople")}
        placeholder={say("addPeople")}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onInput={(event) => setPeople(event.currentTarget.value)}
      />
      <button type="submit" className="button" disabled={names.length === 0}>
        {say("add")}
      </button>
    </form>
  );
}
