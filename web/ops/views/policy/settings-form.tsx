import { type FormEvent, useState } from "react";
import type { Settings, SettingsPatch } from "../../../../protocol/settings.ts";
import { draftOf, retryFrom } from "../../figures/retry-draft.ts";
import { parseSetting, type SettingName, textOf } from "../../figures/setting-rules.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { GROUPS } from "./groups.ts";
import { RetryFields } from "./retry-fields.tsx";
import { SettingField } from "./setting-field.tsx";

interface SettingsFormProps {
  readonly settings: Settings;
  readonly onSave: (patch: SettingsPatch) => void;
}

type Texts = Readonly<Partial<Record<SettingName, string>>>;

/** Only what was changed is sent; nothing is while a field breaks its rule. */
export function SettingsForm({ settings, onSave }: SettingsFormProps) {
  const { say } = useOps();
  const [texts, setTexts] = useState<Texts>({});
  const [retry, setRetry] = useState(() => draftOf(settings.retry));
  const patch = patchOf(settings, texts, retryFrom(retry));
  const changed = patch === undefined || Object.keys(patch).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (patch !== undefined && changed) onSave(patch);
  };
  const discard = () => {
    setTexts({});
    setRetry(draftOf(settings.retry));
  };
  return (
    <form className="settings-form" onSubmit={submit} noValidate>
      <fieldset>
        <legend>{say("group_retry")}</legend>
        <RetryFields draft={retry} onChange={setRetry} />
      </fieldset>
      {GROUPS.map(({ title, names }) => (
        <fieldset key={title}>
          <legend>{say(title)}</legend>
          <div className="setting-fields">
            {names.map((name) => (
              <SettingField
                key={name}
                name={name}
                text={texts[name] ?? textOf(settings[name])}
                isChanged={texts[name] !== undefined && texts[name] !== textOf(settings[name])}
                onChange={(text) => setTexts({ ...texts, [name]: text })}
              />
            ))}
          </div>
        </fieldset>
      ))}
      <div className="ops-row sticky">
        <button type="submit" className="button primary" disabled={!changed || patch === undefined}>
          {say("save")}
        </button>
        <button type="button" className="button" disabled={!changed} onClick={discard}>
          {say("discard")}
        </button>
        {patch === undefined && <span className="wrong">{say("ruleBroken")}</span>}
      </div>
    </form>
  );
}

/** What differs from the settings in force; undefined while something breaks its rule. */
function patchOf(
  settings: Settings,
  texts: Texts,
  retry: Settings["retry"] | undefined,
): SettingsPatch | undefined {
  if (retry === undefined) return undefined;
  const patch: Record<string, unknown> = {};
  if (JSON.stringify(retry) !== JSON.stringify(settings.retry)) patch["retry"] = retry;
  for (const [name, text] of Object.entries(texts) as [SettingName, string][]) {
    if (text === textOf(settings[name])) continue;
    const parsed = parseSetting(name, text);
    if (!parsed.ok) return undefined;
    patch[name] = parsed.value;
  }
  return patch;
}
