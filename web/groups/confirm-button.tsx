import { useState } from "react";

interface ConfirmButtonProps {
  readonly text: string;
  /** Asked at the first press; the second one does it. */
  readonly confirmation: string;
  readonly onConfirmed: () => void;
}

export function ConfirmButton({ text, confirmation, onConfirmed }: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false);
  return (
    <button
      type="button"
      className={asking ? "link danger" : "link"}
      onBlur={() => setAsking(false)}
      onClick={() => {
        if (asking) onConfirmed();
        setAsking(!asking);
      }}
    >
      {asking ? confirmation : text}
    </button>
  );
}
