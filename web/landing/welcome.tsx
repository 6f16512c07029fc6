import { useEffect, useState } from "react";
import { Icon } from "../kit/icon.tsx";
import { LanguagePicker } from "../kit/language-picker.tsx";
import { Link } from "../route/link.tsx";
import type { Answer } from "../server/ask.ts";
import { hasDevelopmentSignIn } from "../server/sign-in.ts";
import { useSay } from "../text/text-context.ts";
import { DEMO_USERS } from "./demo-users.ts";
import { SignIn } from "./sign-in.tsx";

export function Welcome() {
  const say = useSay();
  const [development, setDevelopment] = useState<Answer<boolean>>();
  useEffect(() => {
    void hasDevelopmentSignIn().then(setDevelopment);
  }, []);
  const [a, b] = DEMO_USERS;
  return (
    <main className="welcome">
      <header>
        <img src="/icon.svg" alt="" width="48" height="48" />
        <span className="wordmark">{say("appName")}</span>
        <LanguagePicker />
      </header>
      <h1>{say("landingTitle")}</h1>
      <p className="what">{say("landingWhat")}</p>
      {development?.ok && development.value && (
        <p className="try">
          <Link to={{ demo: true }} className="button primary big">
            <Icon name="lab" /> {say("tryIt", { a, b })}
          </Link>
          <span className="hint">{say("tryHint")}</span>
        </p>
      )}
      <SignIn development={development} />
    </main>
  );
}
