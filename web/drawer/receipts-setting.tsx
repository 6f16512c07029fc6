import { useEffect, useState } from "react";
import type { Answer } from "../server/ask.ts";
import { readReceipts, setReadReceipts } from "../server/preferences.ts";
import { freshToken } from "../session/credentials.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

const SIGNED_OUT: Answer<boolean> = { ok: false, code: "unauthenticated" };

/** Holds for the user on all devices, so the server keeps it. */
export function ReceiptsSetting() {
  const say = useSay();
  const { user } = useSession();
  const [answer, setAnswer] = useState<Answer<boolean>>();
  const ask = (question: (token: string) => Promise<Answer<boolean>>) =>
    freshToken(user).then(question, () => SIGNED_OUT);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per user
  useEffect(() => void ask(readReceipts).then(setAnswer), [user]);
  const choose = (on: boolean) => void ask((token) => setReadReceipts(on, token)).then(setAnswer);
  return (
    <>
      <label>
        <input
          type="checkbox"
          disabled={!answer?.ok}
          checked={answer?.ok ? answer.value : false}
          onChange={(event) => choose(event.currentTarget.checked)}
        />{" "}
        {say("receipts")}
      </label>
      <p className="hint">{say("receiptsHint")}</p>
      {answer?.ok === false && <p className="wrong">{say("loadFailed", { code: answer.code })}</p>}
    </>
  );
}
