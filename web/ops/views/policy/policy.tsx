import { useState } from "react";
import type { Settings, SettingsPatch } from "../../../../protocol/settings.ts";
import { useAnnounce } from "../../../kit/announcer.tsx";
import { Answered } from "../../kit/answered.tsx";
import { Definition } from "../../kit/definition.tsx";
import { changeSettings, readChanges, readSettings } from "../../server/policy.ts";
import { useQuestion } from "../../server/use-question.ts";
import { useOperator } from "../../session/operator-context.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { History } from "./history.tsx";
import { SettingsForm } from "./settings-form.tsx";
import "./policy.css";

export default function Policy() {
  const { say } = useOps();
  const { token } = useOperator();
  const announce = useAnnounce();
  const [failure, setFailure] = useState<string>();
  const settings = useQuestion(readSettings);
  const changes = useQuestion(readChanges);
  const change = async (patch: SettingsPatch, done: string) => {
    const answer = await changeSettings(token, patch);
    setFailure(answer.ok ? undefined : answer.code);
    if (!answer.ok) return;
    announce(done);
    settings.ask();
    changes.ask();
  };
  return (
    <>
      <section className="panel wide" aria-labelledby="policy-title">
        <header>
          <h2 id="policy-title">{say("policyTitle")}</h2>
          <Definition of={say("policyTitle")} text={say("policyDefinition")} />
        </header>
        {failure !== undefined && (
          <p className="wrong" role="alert">
            {say("failed", { code: failure })}
          </p>
        )}
        <Answered answer={settings.answer} missing={say("noData")} onRetry={settings.ask}>
          {(value: Settings) => (
            <SettingsForm
              key={JSON.stringify(value)}
              settings={value}
              onSave={(patch) => void change(patch, say("saved"))}
            />
          )}
        </Answered>
      </section>
      <section className="panel wide" aria-labelledby="history-title">
        <header>
          <h2 id="history-title">{say("historyTitle")}</h2>
          <Definition of={say("historyTitle")} text={say("historyDefinition")} />
        </header>
        <Answered answer={changes.answer} missing={say("noHistory")} onRetry={changes.ask}>
          {(list) => (
            <History changes={list} onUndo={(patch) => void change(patch, say("undone"))} />
          )}
        </Answered>
      </section>
    </>
  );
}
