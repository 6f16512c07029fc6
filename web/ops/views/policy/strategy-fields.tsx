import { DEFAULT_PLATFORM, STRATEGY_KINDS, type StrategyDraft } from "../../figures/retry-draft.ts";
import { useOps } from "../../text/ops-wording.tsx";
import { TextField } from "./text-field.tsx";

interface StrategyFieldsProps {
  readonly draft: StrategyDraft;
  readonly isWrong: boolean;
  readonly onChange: (draft: StrategyDraft) => void;
  readonly onRemove: (() => void) | undefined;
}

type DelayName = "delayMs" | "delaysMs" | "baseMs" | "capMs";

const FIELDS: Readonly<Record<StrategyDraft["kind"], readonly DelayName[]>> = {
  fixed: ["delayMs"],
  stepped: ["delaysMs"],
  adaptive: ["baseMs", "capMs"],
};

export function StrategyFields({ draft, isWrong, onChange, onRemove }: StrategyFieldsProps) {
  const { say } = useOps();
  const { platform, kind } = draft;
  const name = platform === DEFAULT_PLATFORM ? say("strategyDefault") : platform;
  const label = say("strategyFor", { platform: name });
  const id = `strategy-${platform}`;
  return (
    <div className="setting-fields strategy">
      <div className="setting">
        <label htmlFor={id}>{label}</label>
        <select
          id={id}
          value={kind}
          onChange={(event) => {
            const chosen = STRATEGY_KINDS.find((one) => one === event.currentTarget.value);
            if (chosen !== undefined) onChange({ ...draft, kind: chosen });
          }}
        >
          {STRATEGY_KINDS.map((one) => (
            <option key={one} value={one}>
              {say(`strategy_${one}`)}
            </option>
          ))}
        </select>
      </div>
      {FIELDS[kind].map((field) => (
        <TextField
          key={field}
          id={`${id}-${field}`}
          label={say(field)}
          unit="ms"
          text={draft[field]}
          isWrong={isWrong}
          onChange={(text) => onChange({ ...draft, [field]: text })}
        />
      ))}
      {onRemove !== undefined && (
        <button type="button" className="link danger" onClick={onRemove}>
          {say("removeStrategy", { platform })}
        </button>
      )}
    </div>
  );
}
