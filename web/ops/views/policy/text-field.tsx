interface TextFieldProps {
  readonly id: string;
  readonly label: string;
  readonly unit?: string;
  readonly text: string;
  readonly isWrong: boolean;
  readonly onChange: (text: string) => void;
}

export function TextField({ id, label, unit, text, isWrong, onChange }: TextFieldProps) {
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
    </div>
  );
}
