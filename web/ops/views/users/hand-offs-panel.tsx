import { useCallback, useState } from "react";
import type { Answer } from "../../../server/ask.ts";
import { Answered } from "../../kit/answered.tsx";
import { Definition } from "../../kit/definition.tsx";
import { useQuestion } from "../../server/use-question.ts";
import { type OpenHandOff, readHandOffs, retryHandOffs } from "../../server/users.ts";
import { useOperator } from "../../session/operator-context.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { HandOffRow } from "./hand-off-row.tsx";

const EVERY_MS = 4_000;

/** What was promised and is not where it belongs. */
export function HandOffsPanel({ user }: { readonly user: string }) {
  const { say } = useOps();
  const { token } = useOperator();
  const [retried, setRetried] = useState<Answer<readonly OpenHandOff[]>>();
  const question = useCallback((own: string) => readHandOffs(own, user), [user]);
  const { answer, ask } = useQuestion(question, EVERY_MS);
  const retry = async () => {
    setRetried(await retryHandOffs(token, user));
    ask();
  };
  const isWaiting = answer?.ok === true && answer.value.some(({ failed }) => failed === undefined);
  return (
    <section className="panel wide" aria-labelledby="hand-offs-title">
      <header>
        <h2 id="hand-offs-title">{say("openHandOffs")}</h2>
        <Definition of={say("openHandOffs")} text={say("openHandOffsDefinition")} />
        {isWaiting && (
          <button type="button" className="button" onClick={() => void retry()}>
            {say("retryNow")}
          </button>
        )}
      </header>
      {retried?.ok === false && <p className="wrong">{say("failed", { code: retried.code })}</p>}
      <Answered answer={answer} missing={say("noOpenHandOffs")} onRetry={ask}>
        {(handOffs) =>
          handOffs.length === 0 ? (
            <p className="hint">{say("noOpenHandOffs")}</p>
          ) : (
            <ul className="runs">
              {handOffs.map((handOff) => (
                <HandOffRow key={handOff.id} handOff={handOff} user={user} onReplayed={ask} />
              ))}
            </ul>
          )
        }
      </Answered>
    </section>
  );
}
