import { type FormEvent, useState } from "react";
import { useNavigation } from "../route/use-route.ts";
import { credentialsOf } from "../server/sign-in.ts";
import { keepCredentials } from "../session/credentials.ts";
import { useSay } from "../text/text-context.ts";

export function TokenForm() {
  const say = useSay();
  const { route, go } = useNavigation();
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const credentials = credentialsOf(token.trim());
    if (credentials === undefined) return setWrong(true);
    keepCredentials(credentials);
    go({ ...route, user: credentials.user });
  };
  return (
    <form onSubmit={submit} noValidate>
      <p className="hint">{say("signInToken")}</p>
      <label htmlFor="token">{say("token")}</label>
      <div className="row">
        <input
          id="token"
          value={token}
          type="password"
          autoComplete="off"
          aria-invalid={wrong}
          aria-describedby="token-rule"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <button type="submit" className="button">
          {say("signIn")}
        </button>
      </div>
      <p id="token-rule" className="wrong" role="status">
        {wrong && say("tokenWrong")}
      </p>
    </form>
  );
}
