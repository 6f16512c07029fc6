import { type FormEvent, useEffect, useState } from "react";
import { LanguagePicker } from "../../kit/language-picker.tsx";
import type { Answer } from "../../server/ask.ts";
import { hasDevelopmentSignIn } from "../../server/sign-in.ts";
import { checkOperator, signInAsOperator } from "../server/operator.ts";
import { useOps } from "../text/ops-wording.tsx";

const OPERATOR = "operator";

export function SignIn({ onToken }: { readonly onToken: (token: string) => void }) {
  const { say } = useOps();
  const [development, setDevelopment] = useState<Answer<boolean>>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    void hasDevelopmentSignIn().then(setDevelopment);
  }, []);

  const enter = async (token: Promise<Answer<string>>) => {
    const answer = await token;
    if (!answer.ok) return setFailure(answer.code);
    const checked = await checkOperator(answer.value);
    if (checked.ok) onToken(answer.value);
    else setFailure(checked.code);
  };
  return (
    <main className="ops-sign-in">
      <header>
        <h1>{say("title")}</h1>
        <LanguagePicker />
      </header>
      <p className="hint">{say("what")}</p>
      {development?.ok === true && development.value && (
        <button
          type="button"
          className="button primary"
          onClick={() => void enter(signInAsOperator(OPERATOR))}
        >
          {say("enterDevelopment")}
        </button>
      )}
      {development?.ok === false && <p className="wrong">{say("unreachable")}</p>}
      <TokenForm onToken={(token) => void enter(Promise.resolve({ ok: true, value: token }))} />
      <p className="wrong" role="status">
        {failure === undefined ? "" : say(failureText(failure), { code: failure })}
      </p>
    </main>
  );
}

function failureText(code: string): "tokenRefused" | "notOperator" | "failed" {
  if (code === "unauthenticated") return "tokenRefused";
  return code === "not-allowed" ? "notOperator" : "failed";
}

function TokenForm({ onToken }: { readonly onToken: (token: string) => void }) {
  const { say } = useOps();
  const [token, setToken] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== "") onToken(token.trim());
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="operator-token">{say("operatorToken")}</label>
      <div className="ops-row">
        <input
          id="operator-token"
          type="password"
          autoComplete="off"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <button type="submit" className="button">
          {say("enter")}
        </button>
      </div>
    </form>
  );
}
