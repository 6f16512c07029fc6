import { useCallback, useEffect, useRef, useState } from "react";
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
  const asked = useRef(0);
  const ask = useCallback(() => {
    asked.current += 1;
    const mine = asked.current;
    const failed = () => ({ ok: false, code: "unauthenticated" }) as const;
    // An answer that comes after a newer question is not wanted any more.
    const take = (next: Answer<Value>) => mine === asked.current && setAnswer(next);
    void freshToken(user).then(question, failed).then(take);
  }, [user, question]);
  useEffect(() => {
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      clearInterval(timer);
      asked.current += 1;
    };
  }, [ask, everyMs]);
  return { answer, ask };
}
