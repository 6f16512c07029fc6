import {
  numberOf,
  parseSetting,
  type Rule,
  ruleOf,
  type SettingName,
} from "../../figures/setting-rules.ts";
import type { Amounts } from "../../text/amounts.ts";
import { type OpsSay, useOps } from "../../text/ops-wording.tsx";

interface SettingFieldProps {
  readonly name: SettingName;
  readonly text: string;
  readonly isChanged: boolean;
  readonly onChange: (text: string) => void;
}

/** One setting with its rule. Names are those of the API, so that they are not translated. */
export function SettingField({ name, text, isChanged, onChange }: SettingFieldProps) {
  const { say, amounts } = useOps();
  const rule = ruleOf(name);
  const wrong = !parseSetting(name, text).ok;
  const id = `setting-${name}`;
  return (
    <div className={isChanged ? "setting changed" : "setting"}>
      <label htmlFor={id}>
        <code dir="ltr">{name}</code>
      </label>
      {rule.kind === "choice" ? (
        <select
          id={id}
          value={text}
          aria-describedby={`${id}-about`}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {rule.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          dir="ltr"
          inputMode={rule.kind === "number" ? "numeric" : undefined}
          value={text}
          aria-invalid={wrong}
          aria-describedby={`${id}-about ${id}-rule`}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
      <p id={`${id}-about`} className="about">
        {say(`about_${name}`)}
      </p>
      <p id={`${id}-rule`} className={wrong ? "wrong" : "hint"}>
        {ruleText(rule, name, say, amounts)}
        {name.endsWith("Ms") && rule.kind === "number" && !wrong && (
          <b> = {amounts.duration(numberOf(text))}</b>
        )}
      </p>
    </div>
  );
}

function ruleText(rule: Rule, name: string, say: OpsSay, amounts: Amounts): string {
  if (rule.kind === "choice") return rule.options.join(" · ");
  if (rule.kind === "version") return say("ruleVersion");
  const limit = name.endsWith("Ms") ? amounts.duration : amounts.count;
  const bounds = { min: limit(rule.min), max: limit(rule.max) };
  return rule.kind === "numbers" ? say("ruleList", bounds) : say("ruleRange", bounds);
}
