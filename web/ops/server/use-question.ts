import { useCallback, useEffect, useRef, useState } from "react";
import type { Answer } from "../../server/ask.ts";
import { useOperator } from "../session/operator-context.ts";

export interface Asked<Value> {
  /** Undefined until the first answer; then always the last one. */
  readonly answer: Answer<Value> | undefined;
  readonly ask: () => void;
}

/**
 * What the server says, asked anew with each new `question`, on demand, and every `everyMs`.
 * Undefined asks nothing.
 */
export function useQuestion<Value>(
  question: ((token: string) => Promise<Answer<Value>>) | undefined,
  everyMs?: number,
): Asked<Value> {
  const { token, signOut } = useOperator();
  const [asked, setAsked] = useState<{ question: unknown; answer: Answer<Value> }>();
  const turn = useRef(0);
  const ask = useCallback(() => {
    turn.current += 1;
    const mine = turn.current;
    void question?.(token).then((answer) => {
      // One that comes after a newer question is not wanted any more.
      if (mine !== turn.current) return;
      if (!answer.ok && answer.code === "unauthenticated") signOut();
      else setAsked({ question, answer });
    });
  }, [question, token, signOut]);
  useEffect(() => {
    ask();
    return () => {
      turn.current += 1;
    };
  }, [ask]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(ask, everyMs);
    return () => clearInterval(timer);
  }, [ask, everyMs]);
  // The answer to another question is none to this one.
  return { answer: asked?.question === question ? asked?.answer : undefined, ask };
}
