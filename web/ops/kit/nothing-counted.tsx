import { useOps } from "../text/ops-wording.tsx";

export function NothingCounted() {
  const { say } = useOps();
  return (
    <div className="nothing">
      <p>{say("nothingCounted")}</p>
      <p className="hint">
        {say("nothingHint")} <code>npm run demo-traffic</code>
      </p>
    </div>
  );
}
