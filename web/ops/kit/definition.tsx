import { useId } from "react";
import { Icon } from "../../kit/icon.tsx";
import { useOps } from "../text/ops-wording.tsx";

/** What a panel's figures mean, a click away. */
export function Definition({ of, text }: { readonly of: string; readonly text: string }) {
  const { say } = useOps();
  const id = useId();
  const label = `${say("definition")} ${of}`;
  return (
    <>
      <button
        type="button"
        className="icon-button small"
        popoverTarget={id}
        aria-label={label}
        title={label}
      >
        <Icon name="info" />
      </button>
      <div id={id} popover="auto" className="definition">
        <strong>{of}</strong>
        <p>{text}</p>
      </div>
    </>
  );
}
