import type { ReactNode } from "react";
import type { Answer } from "../../server/ask.ts";
import { useOps } from "../text/ops-wording.tsx";

interface AnsweredProps<Value> {
  readonly answer: Answer<Value> | undefined;
  /** What to say when there is no such thing. */
  readonly missing: string;
  readonly onRetry: () => void;
  readonly children: (value: Value) => ReactNode;
}

/** Waiting, refused, or what was answered. */
export function Answered<Value>({ answer, missing, onRetry, children }: AnsweredProps<Value>) {
  const { say } = useOps();
  if (answer === undefined) return <p className="hint">{say("loading")}</p>;
  if (answer.ok) return children(answer.value);
  if (answer.code === "not-found") return <p className="hint">{missing}</p>;
  return (
    <p className="wrong">
      {say("failed", { code: answer.code })}{" "}
      <button type="button" className="link" onClick={onRetry}>
        {say("tryAgain")}
      </button>
    </p>
  );
}
