import { useWording } from "../text/text-context.ts";
import { lifetimeText } from "../thread/lifetime.ts";

const HOUR = 3_600;
const CHOICES = [HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR] as const;

interface TtlSettingProps {
  /** Undefined: messages live as long as the conversation. */
  readonly seconds: number | undefined;
  onChoose(seconds: number | null): void;
}

/** For how long messages live that are written from now on. */
export function TtlSetting({ seconds, onChoose }: TtlSettingProps) {
  const { say, language } = useWording();
  // What another app has chosen stays to be seen.
  const others = CHOICES.filter((choice) => choice !== seconds);
  const choices = seconds === undefined ? others : [...others, seconds].sort((a, b) => a - b);
  return (
    <label>
      {say("lifetime")}
      <select
        value={seconds ?? ""}
        onChange={({ currentTarget: { value } }) => onChoose(value === "" ? null : Number(value))}
      >
        <option value="">{say("lifetimeOff")}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {lifetimeText(choice, language)}
          </option>
        ))}
      </select>
      <span className="hint">{say("lifetimeHint")}</span>
    </label>
  );
}
