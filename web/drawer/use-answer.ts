import { useCallback, useEffect, useState } from "react";
import type { Answer } from "../server/ask.ts";
import { freshToken } from "../session/credentials.ts";
import { useSession } from "../session/session-context.ts";

/** What the server says, asked anew every `everyMs` and on demand; the last answer stays until then. */
export function useAnswer<Value>(
  question: (token: string) => Promise<Answer<Value>>,
  everyMs: number,
): { readonly answer: Answer<Value> | undefined; readonly ask: () => void } {
  const { user } = useSession();
  const [answer, setAnswer] = useState<Answer<Value>>();
  const [turn, setTurn] = useState(0);
  const ask = useCallback(() => setTurn((before) => before + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn asks again
  useEffect(() => {
    let wanted = true;
    const failed = () => ({ ok: false, code: "unauthenticated" }) as const;
    void freshToken(user)
      .then(question, failed)
      .then((next) => wanted && setAnswer(next));
    return () => {
      wanted = false;
    };
  }, [user, question, turn]);
  useEffect(() => {
    const timer = setInterval(ask, everyMs);
    return () => clearInterval(timer);
  }, [ask, everyMs]);
  return { answer, ask };
}
