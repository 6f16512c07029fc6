import { numberOf } from "../../figures/setting-rules.ts";
import { useOps } from "../../text/ops-wording.tsx";

interface TextFieldProps {
  readonly id: string;
  readonly label: string;
  /** With `ms`, one time or several are told in words, too. */
  readonly unit?: "ms";
  readonly text: string;
  readonly isWrong: boolean;
  readonly onChange: (text: string) => void;
}

export function TextField({ id, label, unit, text, isWrong, onChange }: TextFieldProps) {
  const { amounts } = useOps();
  const inWords = text.split(",").map((part) => amounts.duration(numberOf(part)));
  return (
    <div className="setting">
      <label htmlFor={id}>
        {label}
        {unit !== undefined && <span className="hint"> ({unit})</span>}
      </label>
      <input
        id={id}
        dir="ltr"
        value={text}
        aria-invalid={isWrong}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {unit === "ms" && !isWrong && (
        <p className="hint">
          <b>= {inWords.join(", ")}</b>
        </p>
      )}
    </div>
  );
}
