import { type FormEvent, useState } from "react";
import { isUserId } from "../../client/index.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSay } from "../text/text-context.ts";
import { DEMO_USERS } from "./demo-users.ts";

export function NameForm() {
  const say = useSay();
  const { route, go } = useNavigation();
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isUserId(name.trim())) go({ ...route, user: name.trim() });
    else setWrong(true);
  };
  return (
    <>
      <p className="hint">{say("signInDemo")}</p>
      <div className="names">
        {DEMO_USERS.map((user) => (
          <Link key={user} to={{ ...route, user }} className="button">
            <Avatar name={user} small /> {say("continueAs", { name: user })}
          </Link>
        ))}
      </div>
      <form onSubmit={submit} noValidate>
        <label htmlFor="name">{say("otherName")}</label>
        <div className="row">
          <input
            id="name"
            value={name}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={wrong}
            aria-describedby="name-rule"
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" className="button">
            {say("signIn")}
          </button>
        </div>
        <p id="name-rule" className={wrong ? "wrong" : "hint"}>
          {say("nameRule")}
        </p>
      </form>
    </>
  );
}
