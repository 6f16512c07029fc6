import type { Answer } from "../server/ask.ts";
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
      <button type="button" className="button" onClick={() => location.reload()}>
        {say("tryAgain")}
      </button>
    </>
  );
}
