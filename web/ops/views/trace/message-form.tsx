import { type FormEvent, useState } from "react";
import { parseMessageId } from "../../../../protocol/names.ts";
import { usePlace } from "../../place/use-place.ts";
import { useOps } from "../../text/ops-wording.tsx";

export function MessageForm() {
  const { say } = useOps();
  const { place, go } = usePlace();
  const [id, setId] = useState(place.message ?? "");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const known = parseMessageId(id.trim()) !== undefined;
    setWrong(!known);
    if (known) go({ ...place, message: id.trim() });
  };
  return (
    <form onSubmit={submit} noValidate>
      <label htmlFor="message-id">{say("messageId")}</label>
      <div className="ops-row">
        <input
          id="message-id"
          value={id}
          dir="ltr"
          spellCheck={false}
          autoComplete="off"
          aria-invalid={wrong}
          aria-describedby="message-id-rule"
          onInput={(event) => setId(event.currentTarget.value)}
        />
        <button type="submit" className="button">
          {say("trace")}
        </button>
      </div>
      <p id="message-id-rule" className={wrong ? "wrong" : "hint"}>
        {wrong ? say("notMessageId") : say("messageIdHint")}
      </p>
    </form>
  );
}
