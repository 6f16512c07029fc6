import { useSay } from "../text/text-context.ts";
import type { Older } from "./use-older.ts";

export function StartRow({ more, older }: { readonly more: boolean; readonly older: Older }) {
  const say = useSay();
  if (!more) return <p className="start">{say("beginning")}</p>;
  if (older.kind !== "failed") return <p className="start">{say("loadingOlder")}</p>;
  return (
    <p className="start">
      {say("olderFailed")}{" "}
      <button type="button" className="link" onClick={older.retry}>
        {say("tryAgain")}
      </button>
    </p>
  );
}
