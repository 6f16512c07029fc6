import { Avatar } from "../kit/avatar.tsx";
import { Link } from "../route/link.tsx";
import type { Answer } from "../server/ask.ts";
import { knownUsers } from "../session/credentials.ts";
import { useSay } from "../text/text-context.ts";
import { NameForm } from "./name-form.tsx";
import { TokenForm } from "./token-form.tsx";

/** By name where the server is for development, else with a token of the app's own. */
export function SignIn({ development }: { readonly development: Answer<boolean> | undefined }) {
  const say = useSay();
  return (
    <section className="sign-in" aria-labelledby="sign-in-title">
      <h2 id="sign-in-title">{say("signInTitle")}</h2>
      {development === undefined && <p className="hint">{say("signInChecking")}</p>}
      {development?.ok === false && <Unreachable />}
      {development?.ok && (development.value ? <NameForm /> : <TokenForm />)}
    </section>
  );
}

function Unreachable() {
  const say = useSay();
  return (
    <>
      <p role="alert">{say("signInUnreachable")}</p>
      <div className="names">
        {knownUsers().map((user) => (
          <Link key={user} to={{ user }} className="button">
            <Avatar name={user} small /> {say("continueAs", { name: user })}
          </Link>
        ))}
      </div>
      <button type="button" className="button" onClick={() => location.reload()}>
        {say("tryAgain")}
      </button>
    </>
  );
}
