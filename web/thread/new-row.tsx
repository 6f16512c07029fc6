import { useSay } from "../text/text-context.ts";

export function NewRow() {
  const say = useSay();
  return (
    <div className="new-line">
      <span>{say("newMessages")}</span>
    </div>
  );
}
